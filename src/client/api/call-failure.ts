import { Failure } from '../../program/failure.ts'
import { ErrorBody, Fault } from '../../protocol/api.ts'
import { plainWords } from '../../text/one-line.ts'
import type { Connection } from '../connection.ts'
import { explainNetworkFault } from '../network-fault.ts'
import { gatewayMessage, serverMessage, tokenHint } from '../refusal.ts'
import { retryAfterDelay } from '../retry-after.ts'
import type { Answer } from './call.ts'

/** No answer came. `patience` is the time that it had, in milliseconds. */
export function networkFailure({ baseUrl }: Connection, error: unknown, patience: number): Failure {
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return new Failure('unreachable', `${baseUrl} gave no answer within ${patience / 1000} s`, {
      cause: error,
    })
  const { message, hint } = explainNetworkFault(error)
  return new Failure('unreachable', `can't reach ${baseUrl}: ${message}`, {
    ...(hint && { hint }),
    cause: error,
  })
}

/** An answer came, and is none that was asked for. `text` is its body. */
export function callFailure(answer: Answer, connection: Connection, text: string): Failure {
  const { url, status, headers, json } = answer
  const { baseUrl } = connection
  if (status === 401)
    return new Failure('notAllowed', `${baseUrl} wants a token, or another one (401)`, { hint: tokenHint })
  if (status === 403)
    return new Failure('notAllowed', `${baseUrl} does not allow it (403)`, { hint: tokenHint })
  if (status === 407) return proxyRefusal(connection)
  if (status >= 500) return serverFailure(answer, connection)
  if (status === 429) return new Failure('failed', `${baseUrl} is busy (429): ${whenToRetry(headers)}`)
  if (json === undefined) {
    const kind = /^\s*<(?:!doctype html|html)/i.test(text)
      ? 'HTML'
      : describeType(headers.get('content-type'))
    return new Failure('failed', `${url} answers ${kind}, not an iops server's JSON (${status})`, {
      hint: 'Give the base URL of the server, such as http://127.0.0.1:4677.',
    })
  }
  const body = ErrorBody.safeParse(json)
  if (!body.success) return new Failure('failed', `${url} answers ${status}`)
  const { error, details = [] } = body.data
  return new Failure('failed', `${plainWords(error)} (${status})${describeDetails(details)}`)
}

/** A 5xx may come from the server, or from a gateway or proxy on the way to it. */
function serverFailure({ status, headers, json }: Answer, { baseUrl, proxy }: Connection): Failure {
  const message = serverMessage(status, json)
  const retry = headers.has('retry-after') ? `: ${whenToRetry(headers)}` : ''
  if (message === undefined) {
    const asked = proxy ? `, asked through the proxy ${proxy.origin}` : ''
    return new Failure('unreachable', `${gatewayMessage(status, baseUrl)}${asked}${retry}`)
  }
  if (status !== 503) return new Failure('unreachable', `${message} (${status})${retry}`)
  return new Failure('unreachable', `${baseUrl} is busy (503): ${whenToRetry(headers)}. It says: ${message}`)
}

function proxyRefusal({ baseUrl, proxy }: Connection): Failure {
  const hint = `Write them into ${proxy?.variable ?? 'HTTP_PROXY'}: http://name:password@host:port`
  const name = proxy?.origin ?? `before ${baseUrl}`
  return new Failure('unreachable', `the proxy ${name} wants a name and a password (407)`, { hint })
}

function whenToRetry(headers: Answer['headers']): string {
  const delay = retryAfterDelay(headers.get('retry-after'), Date.now())
  return delay === undefined ? 'try again later' : `try again in ${Math.ceil(delay / 1000)} s`
}

/** A type's name, or what its absence says. */
function describeType(contentType: string | null): string {
  const type = contentType?.split(';')[0]?.trim()
  if (type === undefined || type === '') return 'something else'
  if (type === 'text/html') return 'HTML'
  return type === 'application/json' ? 'broken JSON' : plainWords(type)
}

const shownDetails = 5

function describeDetails(details: readonly unknown[]): string {
  const faults = details.slice(0, shownDetails).map((detail) => {
    const fault = Fault.safeParse(detail)
    if (!fault.success) return plainWords(JSON.stringify(detail))
    const { index, path, message } = fault.data
    return `item ${index + 1}${path && `, ${plainWords(path)}`}: ${plainWords(message)}`
  })
  const more = details.length - faults.length
  if (more > 0) faults.push(`and ${more} more`)
  return faults.length === 0 ? '' : `: ${faults.join('; ')}`
}
