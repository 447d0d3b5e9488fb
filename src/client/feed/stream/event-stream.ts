import { EventSource } from 'eventsource'
import { startAnswerTimer } from './answer-timer.ts'
import { withoutByteOrderMark } from './byte-order-mark.ts'
import { controlFields } from './control-fields.ts'
import type { HttpConnection } from '../../http/http-connection.ts'
import type { HttpAnswer } from '../../http/http-answer.ts'
import type { Gate } from './gate.ts'
import { OversizedEvents, type SkippedEvent } from './oversized-events.ts'

/** One event, as the WHATWG event stream defines it. */
export interface StreamEvent {
  /** `message` for an unnamed one. */
  readonly type: string
  readonly data: string
  /** The last id that this response named, before or with this event; empty when none did. */
  readonly lastEventId: string
}

/** Why one response is over. */
export type StreamEnd =
  /** The server finished the response. */
  | { readonly kind: 'ended' }
  /** A status other than 200. `body` is the beginning of what came with it. */
  | {
      readonly kind: 'status'
      readonly status: number
      readonly retryAfter: string | null
      readonly body: string
    }
  | { readonly kind: 'type'; readonly contentType: string | null }
  /** No answer began within the time, in milliseconds. */
  | { readonly kind: 'timeout'; readonly after: number }
  /** A single event doesn't end. */
  | { readonly kind: 'too-long' }
  | { readonly kind: 'broken'; readonly error: unknown }

export interface EventStreamOptions {
  readonly connection: Pick<HttpConnection, 'fetch' | 'isPage'>
  readonly url: string
  /** Sent as `Last-Event-ID`. */
  readonly lastEventId: string | undefined
  /** How long the answer may take to begin, in milliseconds. */
  readonly answerTimeout: number
  /** The events to listen to. */
  readonly types: readonly string[]
  /** Nothing is read from the network while one of them is closed. */
  readonly gates?: readonly Gate[]
  onOpen(): void
  /** Bytes came, before their events are dispatched. */
  onBytes(): void
  /** The server names its reconnection time, in milliseconds. */
  onRetry(delay: number): void
  onEvent(event: StreamEvent): void
  /** The position after everything that was dispatched, also where an id came without an event. */
  onPosition(lastEventId: string): void
  /** An event over the size bound was left out; the position moves past it. */
  onSkipped(skipped: SkippedEvent): void
  /** Called once, unless the stream was closed before. */
  onEnd(end: StreamEnd): void
}

/** In bytes; far above what an insight's bounds allow. */
const maxEvent = 8 * 1024 * 1024
const maxSkipped = 8 * maxEvent
const bodyShown = 4096

/**
 * One response of an event stream, from the request to its end; returns the function that closes it.
 * The `eventsource` package parses and dispatches, and is closed before it would reconnect by itself:
 * it waits a fixed time, gives up for good on one 503, and forgets the position of an earlier
 * instance. Its fetch is ours, and there `id` and `retry` are looked for, because the package keeps
 * those two to itself.
 */
export function openEventStream(options: EventStreamOptions): () => void {
  const controller = new AbortController()
  let source: EventSource | undefined
  let over = false
  const close = () => {
    over = true
    stopTimer()
    source?.close()
    controller.abort()
  }
  const end = (reason: StreamEnd) => {
    if (over) return
    close()
    options.onEnd(reason)
  }
  const { answerTimeout: after } = options
  const stopTimer = startAnswerTimer(after, () => end({ kind: 'timeout', after }))

  const fetch = async () => {
    try {
      const response = await request(options, controller.signal)
      const refusal = await refusalOf(response)
      if (refusal) end(refusal)
      stopTimer()
      const { status, url, redirected, headers } = response
      return {
        status,
        url,
        redirected,
        headers,
        body: { getReader: () => readAlong(response, options, () => over, end) },
      }
    } catch (error) {
      end({ kind: 'broken', error })
      throw error
    }
  }

  source = new EventSource(options.url, { fetch, maxBufferSize: 2 * maxEvent })
  const dispatch = (event: Event) => {
    // A named event may be called "error" or "open", as the package's own are.
    if (over || !(event instanceof MessageEvent)) return
    options.onEvent({ type: event.type, data: String(event.data), lastEventId: event.lastEventId })
  }
  for (const type of options.types) source.addEventListener(type, dispatch)
  source.addEventListener('open', (event) => {
    if (!over && !(event instanceof MessageEvent)) options.onOpen()
  })
  return close
}

function request({ connection, url, lastEventId }: EventStreamOptions, signal: AbortSignal) {
  const accept = 'text/event-stream'
  if (connection.isPage) {
    const target = new URL(url)
    if (lastEventId) target.searchParams.set('lastEventId', lastEventId)
    return connection.fetch(target, { headers: { accept }, signal })
  }
  const headers: Record<string, string> = {
    accept,
    // A compressing proxy on the way would hold events back.
    'accept-encoding': 'identity',
    'cache-control': 'no-cache',
  }
  // Header values are bytes, and an id is UTF-8.
  if (lastEventId) headers['last-event-id'] = String.fromCharCode(...new TextEncoder().encode(lastEventId))
  return connection.fetch(url, { headers, signal })
}

async function refusalOf(response: HttpAnswer): Promise<StreamEnd | undefined> {
  const { status, headers } = response
  if (status !== 200) {
    return { kind: 'status', status, retryAfter: headers.get('retry-after'), body: await beginning(response) }
  }
  const contentType = headers.get('content-type')
  const isStream = /^\s*text\/event-stream\s*(?:;|$)/i.test(contentType ?? '')
  return isStream ? undefined : { kind: 'type', contentType }
}

async function beginning(response: HttpAnswer): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length >= bodyShown) break
  }
  return text
}

type Read = { done: true } | { done: false; value: Uint8Array }

/** The body's reader, as the package gets it. */
function readAlong(
  response: HttpAnswer,
  options: EventStreamOptions,
  isOver: () => boolean,
  end: (reason: StreamEnd) => void,
) {
  const chunks = response.body[Symbol.asyncIterator]()
  let position: string | undefined
  let skipped: SkippedEvent[] = []
  const strip = withoutByteOrderMark()
  const events = new OversizedEvents({
    maxEvent,
    maxSkipped,
    onSkip: (event) => skipped.push(event),
    onEndless: ({ id }) => {
      if (id !== undefined && !isOver()) options.onPosition(id)
      end({ kind: 'too-long' })
    },
  })
  return {
    async read(): Promise<Read> {
      // The package asks for more once it has dispatched everything that it got.
      // Closed by a listener, it has not: the position is then where that listener was.
      if (position !== undefined && !isOver()) options.onPosition(position)
      position = undefined
      for (const event of skipped) if (!isOver()) options.onSkipped(event)
      skipped = []
      for (const gate of options.gates ?? []) await gate.opened
      try {
        const next = await chunks.next()
        if (next.done) {
          end({ kind: 'ended' })
          return { done: true }
        }
        options.onBytes()
        const bytes = events.pass(strip(next.value))
        const { id, retry } = controlFields(bytes)
        position = id ?? position
        if (retry !== undefined) options.onRetry(retry)
        return { done: false, value: bytes }
      } catch (error) {
        end({ kind: 'broken', error })
        throw error
      }
    },
    cancel: async () => response.cancel(),
  }
}
