import { execFile } from 'node:child_process'
import { sign } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { signedText, type SnsMessage } from '../../src/server/sources/cloudwatch/sns-message.ts'
import { temporary } from './temporary.ts'

export const topicArn = 'arn:aws:sns:us-east-1:123456789012:alarms'
export const certificateUrl =
  'https://sns.us-east-1.amazonaws.com/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem'

/** Signs messages as SNS does, with an RSA key of its own. */
export interface SnsSigner {
  /** The certificate of its key, PEM. */
  readonly certificate: string
  /** A message of the topic, in the order of fields of SNS; `fields` win, also over the signature. */
  message(type: SnsMessage['Type'], fields?: object): SnsMessage
  notification(message: unknown, fields?: object): SnsMessage
}

/** A key and its X.509 certificate, made by openssl; valid for `days`. */
export async function makeSnsSigner(days = 2): Promise<SnsSigner> {
  using folder = temporary()
  const [key, file] = [join(folder.path, 'key.pem'), join(folder.path, 'cert.pem')]
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=sns.amazonaws.com']
  await promisify(execFile)('openssl', [...request, '-days', String(days), '-keyout', key, '-out', file])
  const privateKey = await readFile(key, 'utf8')
  let count = 0
  const message: SnsSigner['message'] = (type, fields = {}) => {
    const Token = '2336412f37fb687f5d51e6e241d09c805a5a57b30d712f794cc5f6a988666d92768dd60a'
    const base = {
      Type: type,
      MessageId: `22b80b92-fdea-4c2c-8f9d-${String(++count).padStart(12, '0')}`,
      TopicArn: topicArn,
      Message: `You have chosen to subscribe to the topic ${topicArn}.`,
      Timestamp: '2026-11-23T15:53:51.000Z',
      SignatureVersion: '1',
      Signature: '',
      SigningCertURL: certificateUrl,
      ...(type !== 'Notification' && {
        Token,
        SubscribeURL: `https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topicArn}&Token=${Token}`,
      }),
      ...fields,
    } as SnsMessage
    const algorithm = base.SignatureVersion === '1' ? 'RSA-SHA1' : 'RSA-SHA256'
    const Signature = sign(algorithm, Buffer.from(signedText(base)), privateKey).toString('base64')
    return { ...base, Signature, ...('Signature' in fields && { Signature: String(fields.Signature) }) }
  }
  return {
    certificate: await readFile(file, 'utf8'),
    message,
    notification: (alarm, fields) =>
      message('Notification', {
        Subject: 'ALARM: "checkout-5xx" in US East (N. Virginia)',
        Message: typeof alarm === 'string' ? alarm : JSON.stringify(alarm),
        ...fields,
      }),
  }
}
