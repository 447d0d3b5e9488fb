import { Failure } from '../../program/failure.ts'
import { plainWords } from '../../text/one-line.ts'
import type { HttpConnection } from '../http/http-connection.ts'
import { gatewayMessage, serverMessage, tokenHint } from '../refusal.ts'
import { retryAfterDelay } from '../retry-after.ts'
import type { ApiAnswer } from './answer.ts'
import { PassingFailure } from './passing-failure.ts'
import { readErrorBody, readFault, tryReader } from './readers.ts'

/** No answer came. `patience` is the time that it had, in milliseconds. */
export function networkFailure(
  { baseUrl, explain }: HttpConnection,
  error: unknown,
  patience: number,
): Failure {
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    const what = `${baseUrl} gave no answer within ${patience / 1000} s`
    return new PassingFailure({ kind: 'network', what }, 'unreachable', what, { cause: error })
  }
  const { message, hint, lasting } = explain(error)
  const what = `can't reach ${baseUrl}: ${message}`
  const options = { ...(hint && { hint }), cause: error }
  return lasting
    ? new Failure('unreachable', what, options)
    : new PassingFailure({ kind: 'network', what }, 'unreachable', what, options)
}

/** An answer came, and is none that was asked for. `text` is its body. */
export function callFailure(answer: ApiAnswer, connection: HttpConnection, text: string): Failure {
  const { url, status, headers, json, redirectedTo } = answer
  const { baseUrl } = connection
  const moved = redirectedTo && `It redirects to ${redirectedTo}: give the URL of that server.`
  if (status === 401 || status === 403) {
    const message = status === 401 ? 'wants a token, or another one' : 'does not allow it'
    return new Failure('notAllowed', `${baseUrl} ${message} (${status})`, { hint: moved ?? tokenHint })
  }
  if (status === 407) return proxyRefusal(connection)
  if (status >= 500) return serverFailure(answer, connection)
  if (status === 429) {
    const retryAfter = retryDelay(headers)
    const message = `${baseUrl} is busy (429): ${whenToRetry(retryAfter)}`
    return new PassingFailure({ kind: 'busy', what: busy(status), retryAfter }, 'failed', message)
  }
  if (json === undefined) {
    const kind = /^\s*<(?:!doctype html|html)/i.test(text)
      ? 'HTML'
      : describeType(headers.get('content-type'))
    return new Failure('failed', `${url} answers ${kind}, not an iops server's JSON (${status})`, {
      hint: moved ?? 'Give the base URL of the server, such as http://127.0.0.1:4677.',
    })
  }
  const body = tryReader(readErrorBody, json)
  if (body === undefined) return new Failure('failed', `${url} answers ${status}`)
  const { error, details = [] } = body
  return new Failure('failed', `${plainWords(error)} (${status})${describeDetails(details)}`, {
    ...(moved && { hint: moved }),
  })
}

/** A 5xx may come from the server, or from a gateway or proxy on the way to it. */
function serverFailure({ status, headers, json }: ApiAnswer, { baseUrl, proxy }: HttpConnection): Failure {
  const message = serverMessage(status, json)
  const retryAfter = retryDelay(headers)
  if (message !== undefined && status === 503) {
    const text = `${baseUrl} is busy (503): ${whenToRetry(retryAfter)}. It says: ${message}`
    return new PassingFailure({ kind: 'busy', what: busy(status), retryAfter }, 'unreachable', text)
  }
  const asked = proxy ? `, asked through the proxy ${proxy.origin}` : ''
  const what = message === undefined ? `${gatewayMessage(status, baseUrl)}${asked}` : `${message} (${status})`
  const when = retryAfter === undefined ? '' : `: ${whenToRetry(retryAfter)}`
  const kind = status === 503 ? 'busy' : 'gateway'
  return new PassingFailure({ kind, what, retryAfter }, 'unreachable', `${what}${when}`)
}

const busy = (status: number) => `the server is busy (${status})`

function proxyRefusal({ baseUrl, proxy }: HttpConnection): Failure {
  const hint = `Write them into ${proxy?.variable ?? 'HTTP_PROXY'}: http://name:password@host:port`
  const name = proxy?.origin ?? `before ${baseUrl}`
  return new Failure('unreachable', `the proxy ${name} wants a name and a password (407)`, { hint })
}

const retryDelay = (headers: ApiAnswer['headers']) => retryAfterDelay(headers.get('retry-after'), Date.now())

const whenToRetry = (delay: number | undefined) =>
  delay === undefined ? 'try again later' : `try again in ${Math.ceil(delay / 1000)} s`

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
    const fault = tryReader(readFault, detail)
    if (fault === undefined) return plainWords(JSON.stringify(detail))
    const { index, path, message } = fault
    const where = [index === undefined ? '' : `item ${index + 1}`, plainWords(path)]
      .filter(Boolean)
      .join(', ')
    return where === '' ? plainWords(message) : `${where}: ${plainWords(message)}`
  })
  const more = details.length - faults.length
  if (more > 0) faults.push(`and ${more} more`)
  return faults.length === 0 ? '' : `: ${faults.join('; ')}`
}
