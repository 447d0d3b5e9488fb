import { createParser } from 'eventsource-parser'
import type { Connection } from '../../client/connection.ts'
import type { HttpAnswer, HttpHeaders } from '../../client/http/http-answer.ts'
import { explainNetworkFault } from '../../client/network-fault.ts'
import type { Io } from '../../program/io.ts'
import { Beat } from '../../protocol/api.ts'
import { parseJson } from '../../protocol/json.ts'
import { parseTimestamp } from '../../protocol/time/timestamp.ts'

/** What came of asking for the stream as a client does. Spans are milliseconds. */
export interface StreamObservation {
  /** How long it was listened to at most. */
  readonly wait: number
  /** Why no answer came; undefined where one did, or none within the wait. */
  readonly fault?: string
  readonly answer?: {
    readonly after: number
    readonly status: number
    readonly statusText: string
    readonly headers: HttpHeaders
    /** Where it came from, after a redirect. */
    readonly redirectedTo: string | undefined
  }
  readonly firstByteAfter?: number
  readonly events: number
  /** When each beat came, and the server's clock in it; milliseconds since the epoch. */
  readonly beats: readonly { readonly at: number; readonly time: number }[]
  /** The response was over before a second beat, and why where that was a fault. */
  readonly ended: boolean
  readonly endFault?: string
}

/** Asks for the stream, and listens until a second beat or the end of the wait. */
export async function observeStream(
  connection: Connection,
  wait: number,
  io: Pick<Io, 'now' | 'signal'>,
): Promise<StreamObservation> {
  const nothing = { wait, events: 0, beats: [], ended: false }
  const started = io.now()
  const signal = AbortSignal.any([AbortSignal.timeout(wait), io.signal])
  try {
    const response = await connection.fetch(connection.streamUrl, {
      headers: {
        accept: 'text/event-stream',
        // As a browser does, to see who compresses.
        'accept-encoding': 'gzip, deflate, br',
        'cache-control': 'no-cache',
      },
      signal,
    })
    const { status, statusText, headers, redirected, url } = response
    const redirectedTo = redirected ? url : undefined
    const answer = { after: io.now() - started, status, statusText, headers, redirectedTo }
    const isStream = /^\s*text\/event-stream\s*(?:;|$)/i.test(headers.get('content-type') ?? '')
    if (status !== 200 || !isStream) return { ...nothing, answer, ended: true }
    return { ...nothing, answer, ...(await listen(response, signal, io)) }
  } catch (error) {
    return signal.aborted ? nothing : { ...nothing, fault: explainNetworkFault(error).message }
  }
}

async function listen(response: HttpAnswer, signal: AbortSignal, { now }: Pick<Io, 'now'>) {
  const opened = now()
  const beats: { at: number; time: number }[] = []
  let events = 0
  let firstByteAfter: number | undefined
  const parser = createParser({
    maxBufferSize: 8 * 1024 * 1024,
    onEvent: ({ event, data }) => {
      if (event !== 'beat') return void events++
      const beat = Beat.safeParse(parseJson(data))
      const time = beat.success ? parseTimestamp(beat.data.time) : undefined
      if (time !== undefined) beats.push({ at: now(), time })
    },
  })
  const decoder = new TextDecoder()
  let endFault: string | undefined
  try {
    for await (const chunk of response.body) {
      firstByteAfter ??= now() - opened
      parser.feed(decoder.decode(chunk, { stream: true }))
      if (beats.length >= 2) break
    }
  } catch (error) {
    if (!signal.aborted) endFault = explainNetworkFault(error).message
  }
  return {
    events,
    beats,
    ended: !signal.aborted && beats.length < 2,
    ...(firstByteAfter !== undefined && { firstByteAfter }),
    ...(endFault !== undefined && { endFault }),
  }
}
