import { z } from 'zod'

const common = {
  MessageId: z.string(),
  TopicArn: z.string(),
  Message: z.string(),
  Timestamp: z.string(),
  SignatureVersion: z.enum(['1', '2']),
  Signature: z.string(),
  SigningCertURL: z.string(),
}
const subscription = { Token: z.string(), SubscribeURL: z.string() }

/** What SNS posts to an HTTP endpoint, without raw message delivery. */
export const SnsMessage = z.discriminatedUnion('Type', [
  z.object({ Type: z.literal('Notification'), Subject: z.string().nullish(), ...common }),
  z.object({ Type: z.literal('SubscriptionConfirmation'), ...common, ...subscription }),
  z.object({ Type: z.literal('UnsubscribeConfirmation'), ...common, ...subscription }),
])
export type SnsMessage = z.infer<typeof SnsMessage>

/** The text that a message's signature is made of: its fields by name, each name and value on a line. */
export function signedText(message: SnsMessage): string {
  const fields: Record<string, string | null | undefined> =
    message.Type === 'Notification'
      ? { Message: message.Message, MessageId: message.MessageId, Subject: message.Subject }
      : { Message: message.Message, MessageId: message.MessageId, SubscribeURL: message.SubscribeURL }
  const { Timestamp, TopicArn, Type } = message
  const rest = message.Type === 'Notification' ? {} : { Token: message.Token }
  return Object.entries({ ...fields, Timestamp, ...rest, TopicArn, Type })
    .map(([name, value]) => (value === undefined || value === null ? '' : `${name}\n${value}\n`))
    .join('')
}
