import type { Headers } from 'undici'
import type { z } from 'zod'
import { Failure } from '../../program/failure.ts'
import { ErrorBody, Fault } from '../../protocol/api.ts'
import type { Connection } from '../connection.ts'
import { explainNetworkFault } from '../network-fault.ts'
import { plainWords } from '../../text/one-line.ts'

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PATCH'
  /** Sent as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Statuses besides 2xx that are an answer and no failure, where their body is JSON. */
  readonly accept?: readonly number[]
}

export interface Answer {
  readonly url: string
  readonly status: number
  readonly headers: Headers
  readonly json: unknown
}

/** A server that says nothing for so long, in milliseconds, is given up. */
const patience = 30_000

const tokenHint = 'Give a token by IOPS_TOKEN, --token-file or --token-command.'

/** One REST call. Throws a {@link Failure} with the server's words, or the network's. */
export async function callServer(connection: Connection, path: string, call: Call = {}): Promise<Answer> {
  const { method = 'GET', body, headers, accept = [] } = call
  const url = `${connection.baseUrl}${path}`
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
  let response
  let text
  try {
    response = await connection.fetch(url, {
      method,
      headers: { accept: 'application/json', ...type, ...headers },
      body: body === undefined ? null : JSON.stringify(body),
      timeout: patience,
    })
    text = await response.text()
  } catch (error) {
    // A token that can't be read again has its own words.
    throw error instanceof Failure ? error : unreachable(connection, error)
  }
  const answer = { url, status: response.status, headers: response.headers, json: parseJson(text) }
  const isAnswer = (response.ok || accept.includes(response.status)) && answer.json !== undefined
  if (isAnswer) return answer
  throw refusal(answer, connection, text)
}

/** Holds an answer against what it should be. */
export function parseAnswer<T>(schema: z.ZodType<T>, { url, json }: Answer): T {
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue && issue.path.length > 0 ? ` at ${plainWords(issue.path.join('.'))}` : ''
  throw new Failure(
    'failed',
    `${url} does not answer as an iops server does (${issue?.message ?? ''}${where})`,
    {
      hint: 'Is the URL right?',
    },
  )
}

function unreachable({ baseUrl }: Connection, error: unknown): Failure {
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return new Failure('unreachable', `${baseUrl} gave no answer within ${patience / 1000} s`, {
      cause: error,
    })
  const { words, hint } = explainNetworkFault(error)
  return new Failure('unreachable', `can't reach ${baseUrl}: ${words}`, {
    ...(hint && { hint }),
    cause: error,
  })
}

function refusal({ url, status, headers, json }: Answer, { baseUrl }: Connection, text: string): Failure {
  if (status === 401)
    return new Failure('notAllowed', `${baseUrl} wants a token, or another one (401)`, { hint: tokenHint })
  if (status === 403)
    return new Failure('notAllowed', `${baseUrl} does not allow it (403)`, { hint: tokenHint })
  if (json === undefined) {
    const kind = /^\s*<(?:!doctype html|html)/i.test(text)
      ? 'HTML'
      : describeType(headers.get('content-type'))
    return new Failure('failed', `${url} answers ${kind}, not an iops server's JSON (${status})`, {
      hint: 'Give the base URL of the server, such as http://127.0.0.1:4677.',
    })
  }
  if (status === 429 || status === 503) {
    const seconds = headers.get('retry-after')
    const when = seconds && /^\d{1,6}$/.test(seconds) ? `try again in ${seconds} s` : 'try again later'
    return new Failure('failed', `${baseUrl} is busy (${status}): ${when}`)
  }
  const body = ErrorBody.safeParse(json)
  if (!body.success) return new Failure('failed', `${url} answers ${status}`)
  const { error, details = [] } = body.data
  return new Failure('failed', `${plainWords(error)} (${status})${detailWords(details)}`)
}

/** A type's name, or what its absence says. */
function describeType(contentType: string | null): string {
  const type = contentType?.split(';')[0]?.trim()
  if (type === undefined || type === '') return 'something else'
  if (type === 'text/html') return 'HTML'
  return type === 'application/json' ? 'broken JSON' : plainWords(type)
}

const shown = 5

function detailWords(details: readonly unknown[]): string {
  const faults = details.slice(0, shown).map((detail) => {
    const fault = Fault.safeParse(detail)
    if (!fault.success) return plainWords(JSON.stringify(detail))
    const { index, path, message } = fault.data
    return `item ${index + 1}${path && `, ${plainWords(path)}`}: ${plainWords(message)}`
  })
  const more = details.length - faults.length
  if (more > 0) faults.push(`and ${more} more`)
  return faults.length === 0 ? '' : `: ${faults.join('; ')}`
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
