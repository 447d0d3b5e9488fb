import { badRequest } from '../../fault/http-fault.ts'
import type { Source } from '../source.ts'
import { Alarm } from './alarm.ts'
import { alarmToInsight } from './alarm-to-insight.ts'
import { SnsMessage } from './sns-message.ts'

/** Where a CloudWatch alarm's SNS topic delivers to. Only signed messages of the topics on the server's list are taken. */
export const cloudwatch: Source = {
  title: 'CloudWatch alarm delivered by SNS',
  maxBodyBytes: 512 * 1024,
  takesPlainText: true,

  async verify(body, { topics, now }) {
    const { success, data: message } = SnsMessage.safeParse(body)
    if (!success)
      throw badRequest(
        'invalid_notification',
        'This is no message of SNS; turn raw message delivery of the subscription off.',
      )
    await topics.check(message, now)
    if (message.Type === 'Notification') return undefined
    // Whoever visits SubscribeURL of an UnsubscribeConfirmation subscribes again.
    if (message.Type === 'UnsubscribeConfirmation') return { unsubscribed: message.TopicArn }
    await topics.confirm(message)
    return { confirmed: message.TopicArn }
  },

  read(body, riskOf) {
    const { Message, TopicArn } = SnsMessage.parse(body)
    const { input, notes } = alarmToInsight(Alarm.parse(parse(Message)), TopicArn, riskOf)
    return { inputs: [input], notes, faults: [] }
  },
}

function parse(message: string): unknown {
  try {
    return JSON.parse(message)
  } catch {
    throw badRequest(
      'invalid_notification',
      'The message of the topic is no CloudWatch alarm: it is not JSON.',
    )
  }
}
