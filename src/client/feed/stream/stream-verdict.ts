import { type ExitReason, Failure } from '../../../program/failure.ts'
import { parseJson } from '../../../protocol/json.ts'
import type { StreamEnd } from './event-stream.ts'
import type { HttpConnection } from '../../http/http-connection.ts'
import { gatewayMessage, serverMessage, tokenHint, urlHint } from '../../refusal.ts'
import { retryAfterDelay } from '../../retry-after.ts'
import { plainWords } from '../../../text/one-line.ts'

/** What the end of a response means for the feed. */
export interface Verdict {
  readonly message: string
  readonly hint?: string | undefined
  /**
   * `retry`: time may heal it. `unless-live`: a mistake of the user's, such as a wrong URL, if the
   * feed never worked, and an outage if it did. `stop`: for good.
   */
  readonly next: 'retry' | 'unless-live' | 'stop'
  /** The exit it means for a command. `ok`: the server has nothing more to say. */
  readonly reason: ExitReason
  /** The server named the delay, in milliseconds. */
  readonly retryAfter?: number | undefined
}

/** 4xx that speak of the moment and not of the request: too slow, too early, too many. */
const passing = new Set([408, 425, 429])

export function judge(end: StreamEnd, now: number, explain: HttpConnection['explain']): Verdict {
  switch (end.kind) {
    case 'ended':
      return { message: 'the server ended the stream', next: 'retry', reason: 'unreachable' }
    case 'timeout':
      return { message: `no answer within ${end.after / 1000} s`, next: 'retry', reason: 'unreachable' }
    case 'too-long':
      return { message: 'it sends an event that does not end', next: 'unless-live', reason: 'failed' }
    case 'type':
      return {
        message: `it answers ${typeWords(end.contentType)}, not an event stream`,
        hint: urlHint,
        next: 'unless-live',
        reason: 'failed',
      }
    case 'broken': {
      // A token that could not be read again, for now.
      if (end.error instanceof Failure)
        return { message: end.error.message, hint: end.error.hint, next: 'retry', reason: end.error.reason }
      const { message, hint, lasting } = explain(end.error)
      return { message, hint, next: lasting ? 'unless-live' : 'retry', reason: 'unreachable' }
    }
    case 'status':
      return judgeStatus(end, now)
    default:
      return end satisfies never
  }
}

function judgeStatus(end: StreamEnd & { kind: 'status' }, now: number): Verdict {
  const { status, body } = end
  if (status === 204) return { message: 'the server ended the feed (204)', next: 'stop', reason: 'ok' }
  if (status === 401)
    return {
      message: 'it wants a token, or another one (401)',
      hint: tokenHint,
      next: 'stop',
      reason: 'notAllowed',
    }
  if (status === 403)
    return {
      message: 'it does not allow this feed (403)',
      hint: tokenHint,
      next: 'stop',
      reason: 'notAllowed',
    }
  const said = serverMessage(status, parseJson(body))
  const message =
    said !== undefined
      ? `${said} (${status})`
      : status > 500
        ? gatewayMessage(status, 'it')
        : `it answers ${status}`
  if (status >= 500 || passing.has(status))
    return { message, next: 'retry', reason: 'unreachable', retryAfter: retryAfterDelay(end.retryAfter, now) }
  return { message, hint: status === 404 ? urlHint : undefined, next: 'unless-live', reason: 'failed' }
}

function typeWords(contentType: string | null): string {
  const type = contentType?.split(';')[0]?.trim().toLowerCase()
  if (!type) return 'something without a content type'
  return type === 'text/html' ? 'HTML' : plainWords(type)
}

/** What a command throws when the feed has stopped. */
export function failureOf({ message, hint, reason }: Verdict, url: string): Failure | undefined {
  if (reason === 'ok') return undefined
  return new Failure(reason, `${url}: ${message}`, hint === undefined ? {} : { hint })
}
