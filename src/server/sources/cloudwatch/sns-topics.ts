import { verify, X509Certificate } from 'node:crypto'
import { badRequest, HttpFault } from '../../fault/http-fault.ts'
import { signedText, type SnsMessage } from './sns-message.ts'

/** Reads what stands at a URL on an AWS host, as text. Rejects where it can't. */
export type AwsGet = (url: string) => Promise<string>

const awsHost = /^sns\.[a-z\d-]{3,32}\.amazonaws\.com(\.cn)?$/
/** Exactly where SNS keeps its certificates: other paths of these hosts answer with what strangers chose. */
const certificatePath = /^\/SimpleNotificationService-[\da-f]{8,128}\.pem$/
const maxCertificates = 16
const maxBytes = 64 * 1024
const timeoutMs = 5000

/** The topics that may send alarms: checks that a message is theirs, and confirms their subscriptions. */
export class SnsTopics {
  readonly #arns: ReadonlySet<string>
  readonly #get: AwsGet
  readonly #certificates = new Map<string, Promise<X509Certificate>>()

  constructor(arns: readonly string[], get: AwsGet = getFromAws) {
    this.#arns = new Set(arns)
    this.#get = get
  }

  /** Throws 403 for what another topic, or nobody, has signed; 503 where the certificate can't be had now. */
  async check(message: SnsMessage, now: Date): Promise<void> {
    const { TopicArn, SignatureVersion, Signature, SigningCertURL } = message
    if (!this.#arns.has(TopicArn))
      throw forbidden('unknown_topic', 'This topic may not send here; serve --sns-topic ARN would let it.')
    const url = awsUrl(SigningCertURL)
    if (url === undefined || !certificatePath.test(url.pathname) || url.search !== '')
      throw forbidden('invalid_signature', 'SigningCertURL is not where SNS keeps its certificates.')
    const certificate = await this.#certificate(url.href)
    const isValid = now >= certificate.validFromDate && now <= certificate.validToDate
    if (!isValid) throw forbidden('invalid_signature', 'The certificate of the signature is not valid now.')
    const text = Buffer.from(signedText(message))
    const algorithm = SignatureVersion === '1' ? 'RSA-SHA1' : 'RSA-SHA256'
    if (!verify(algorithm, text, certificate.publicKey, Buffer.from(Signature, 'base64')))
      throw forbidden('invalid_signature', 'The signature is not that of the message.')
  }

  /** Confirms the subscription of a message that has been checked. */
  async confirm({ SubscribeURL, TopicArn }: { SubscribeURL: string; TopicArn: string }): Promise<void> {
    const url = awsUrl(SubscribeURL)
    const query = url?.searchParams
    if (url?.pathname !== '/' || query?.get('Action') !== 'ConfirmSubscription')
      throw badRequest('invalid_notification', 'SubscribeURL is no confirmation on an AWS host.')
    if (query.get('TopicArn') !== TopicArn)
      throw badRequest('invalid_notification', 'SubscribeURL confirms another topic.')
    await this.#get(url.href).catch((error: unknown) => {
      throw unavailable('The subscription could not be confirmed', error)
    })
  }

  #certificate(url: string): Promise<X509Certificate> {
    const known = this.#certificates.get(url)
    if (known) return known
    if (this.#certificates.size >= maxCertificates) {
      const [oldest = ''] = this.#certificates.keys()
      this.#certificates.delete(oldest)
    }
    const loading = this.#get(url)
      .then((pem) => new X509Certificate(pem))
      .catch((error: unknown) => {
        this.#certificates.delete(url)
        throw unavailable('The certificate of the signature can not be had', error)
      })
    this.#certificates.set(url, loading)
    return loading
  }
}

/** A URL on an SNS host of AWS, by HTTPS on its own port and without user information. */
function awsUrl(text: string): URL | undefined {
  const url = URL.parse(text)
  if (url?.protocol !== 'https:' || !awsHost.test(url.hostname)) return undefined
  return url.port === '' && url.username === '' && url.password === '' ? url : undefined
}

async function getFromAws(url: string): Promise<string> {
  const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })
  if (!answer.ok) {
    await answer.body?.cancel()
    throw new Error(`it answered ${answer.status}`)
  }
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of answer.body ?? []) {
    pieces.push(piece)
    if ((size += piece.length) > maxBytes) throw new Error('it is too long')
  }
  return Buffer.concat(pieces).toString()
}

const forbidden = (code: string, message: string) => new HttpFault(403, code, message)

/** SNS tries again later. */
const unavailable = (message: string, error: unknown) =>
  new HttpFault(503, 'aws_unavailable', `${message}: ${reasonOf(error)}.`, {
    headers: { 'retry-after': '30' },
  })

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
