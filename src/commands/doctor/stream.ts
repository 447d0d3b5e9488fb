import { createParser } from 'eventsource-parser'
import type { Response } from 'undici'
import type { Connection } from '../../client/connection.ts'
import { explainNetworkFault } from '../../client/network-fault.ts'
import type { Io } from '../../program/io.ts'
import type { Finding } from '../doctor.ts'

/** How long a first byte may take before something must be holding it, in milliseconds. */
const firstByteBound = 3000
/** Clocks that differ by more make ages wrong, in milliseconds. */
const skewBound = 2000

/** Asks for the stream as a client does, and listens until a second beat or the end of the wait. */
export async function* checkStream(connection: Connection, wait: number, io: Io): AsyncGenerator<Finding> {
  const started = io.now()
  const signal = AbortSignal.any([AbortSignal.timeout(wait), io.signal])
  let response: Response
  try {
    response = await connection.fetch(connection.streamUrl, {
      headers: { accept: 'text/event-stream', 'cache-control': 'no-cache' },
      signal,
    })
  } catch (error) {
    const words = signal.aborted ? `no answer within ${wait / 1000} s` : explainNetworkFault(error).message
    yield { level: 'fail', name: 'status', words }
    return
  }
  const took = io.now() - started
  const status = `${response.status} ${response.statusText} after ${took} ms`
  yield { level: response.status === 200 ? 'ok' : 'fail', name: 'status', words: status }
  if (response.status !== 200) return
  const headers = headerFindings(response)
  yield* headers
  if (headers.some(({ level }) => level === 'fail')) return
  yield* listen(response, signal, io)
}

function headerFindings({ headers }: Response): Finding[] {
  const name = 'headers'
  const type = headers.get('content-type') ?? 'nothing'
  if (!type.startsWith('text/event-stream'))
    return [{ level: 'fail', name, words: `the content type is ${type}, not text/event-stream` }]
  const faults: Finding[] = []
  const encoding = headers.get('content-encoding')
  if (encoding !== null)
    faults.push({ level: 'warn', name, words: `${encoding} compression on the way may hold events back` })
  if (headers.has('content-length'))
    faults.push({ level: 'warn', name, words: 'a content-length: something on the way collects the whole' })
  if (!/no-cache|no-store/.test(headers.get('cache-control') ?? ''))
    faults.push({ level: 'warn', name, words: 'no cache-control: no-cache, a proxy may keep it' })
  return faults.length > 0 ? faults : [{ level: 'ok', name, words: `${type}, not cached, not compressed` }]
}

async function* listen(response: Response, signal: AbortSignal, io: Io): AsyncGenerator<Finding> {
  const opened = io.now()
  const beats: { at: number; time: number }[] = []
  let events = 0
  let firstByte: number | undefined
  let ended = false
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (event !== 'beat') events++
      else beats.push({ at: io.now(), time: Date.parse((JSON.parse(data) as { time: string }).time) })
    },
  })
  const decoder = new TextDecoder()
  try {
    for await (const chunk of response.body ?? []) {
      firstByte ??= io.now() - opened
      parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }))
      if (beats.length >= 2) break
    }
    ended = beats.length < 2
  } catch (error) {
    if (!signal.aborted) yield { level: 'fail', name: 'stream', words: explainNetworkFault(error).message }
  }
  yield firstByteFinding(firstByte)
  yield { level: 'ok', name: 'events', words: `${events} in the snapshot and since` }
  yield* beatFindings(beats, ended)
}

function firstByteFinding(firstByte: number | undefined): Finding {
  const name = 'first byte'
  if (firstByte === undefined)
    return { level: 'fail', name, words: 'headers came, but no byte: a proxy on the way buffers' }
  if (firstByte <= firstByteBound) return { level: 'ok', name, words: `after ${firstByte} ms` }
  return { level: 'warn', name, words: `after ${firstByte} ms: a proxy on the way may buffer` }
}

function beatFindings(beats: readonly { at: number; time: number }[], ended: boolean): Finding[] {
  const [first, second] = beats
  if (first === undefined) {
    const words = ended
      ? 'none, and the response ended: an older server'
      : 'none: an older server, or one that is held up'
    return [{ level: 'warn', name: 'beats', words }]
  }
  const skew = first.time - first.at
  const clock: Finding = {
    level: Math.abs(skew) > skewBound ? 'warn' : 'ok',
    name: 'clock',
    words: `the server's is ${Math.abs(skew)} ms ${skew < 0 ? 'behind' : 'ahead'}`,
  }
  if (second === undefined)
    return [{ level: 'ok', name: 'beats', words: 'one; --wait 40s waits for another' }, clock]
  // Sent apart, but come together: something collected them.
  const held = second.time - first.time - (second.at - first.at)
  const words = `${((second.at - first.at) / 1000).toFixed(1)} s apart`
  if (Math.abs(held) > skewBound)
    return [
      { level: 'warn', name: 'beats', words: `${words}, but not as they were sent: a proxy buffers` },
      clock,
    ]
  return [{ level: 'ok', name: 'beats', words }, clock]
}
