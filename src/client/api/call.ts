import { Failure } from '../../program/failure.ts'
import { parseJson } from '../../protocol/json.ts'
import type { HttpConnection } from '../http/http-connection.ts'
import type { ApiAnswer } from './answer.ts'
import type { HttpAnswer } from '../http/http-answer.ts'
import { callFailure, networkFailure } from './call-failure.ts'

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PATCH'
  /** Sent as JSON. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** Statuses besides 2xx that are an answer and no failure, where their body is JSON. */
  readonly accept?: readonly number[]
}

/** A server that has not answered in full after so long, in milliseconds, is given up. */
const patience = 30_000
/** Far above a page of a thousand insights, in characters. */
const maxBody = 256 * 1024 * 1024

/** One REST call. Throws a {@link Failure} with the server's message, or the network's. */
export async function callServer(
  connection: HttpConnection,
  path: string,
  call: Call = {},
): Promise<ApiAnswer> {
  const { method = 'GET', body, headers, accept = [] } = call
  const url = `${connection.baseUrl}${path}`
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
  let response
  let text
  try {
    response = await connection.fetch(url, {
      method,
      headers: { accept: 'application/json', ...type, ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      timeout: patience,
    })
    text = await readBody(response, url)
  } catch (error) {
    // A token that can't be read again, or a body without an end, has its own message.
    throw error instanceof Failure ? error : networkFailure(connection, error, patience)
  }
  const answer = {
    url,
    status: response.status,
    headers: response.headers,
    redirectedTo: response.redirected ? response.url : undefined,
    json: parseJson(text),
  }
  const isAnswer = (isOk(response.status) || accept.includes(response.status)) && answer.json !== undefined
  if (isAnswer) return answer
  throw callFailure(answer, connection, text)
}

const isOk = (status: number) => status >= 200 && status < 300

async function readBody(response: HttpAnswer, url: string): Promise<string> {
  const decoder = new TextDecoder()
  const parts: string[] = []
  let length = 0
  for await (const chunk of response.body) {
    const part = decoder.decode(chunk, { stream: true })
    length += part.length
    if (length > maxBody) throw new Failure('failed', `${url} answers without an end`)
    parts.push(part)
  }
  return parts.join('') + decoder.decode()
}
