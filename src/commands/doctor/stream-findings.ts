import { gatewayMessage, tokenHint } from '../../client/refusal.ts'
import { bufferingMessage, type Gateway } from './gateway.ts'
import type { Finding } from './finding.ts'
import type { StreamObservation } from './observe-stream.ts'

/** How long a first byte may take before something must be holding it, in milliseconds. */
const maxFirstByte = 3000
/** Clocks that differ by more make ages wrong, in milliseconds. */
const maxSkew = 2000

/** What was seen of a stream, judged. */
export function streamFindings(seen: StreamObservation, gateway: Gateway): Finding[] {
  const { answer, wait } = seen
  if (answer === undefined) {
    const status: Finding = {
      level: 'fail',
      name: 'status',
      message: seen.fault ?? `no answer within ${wait / 1000} s`,
    }
    const isHeld = seen.fault === undefined && gateway.answers
    return isHeld ? [status, held(gateway)] : [status]
  }
  const status = statusFinding(answer)
  if (status.level === 'fail') return [status]
  const headers = headerFindings(answer.headers)
  if (headers.some(({ level }) => level === 'fail')) return [status, ...headers]
  const ended: Finding[] =
    seen.endFault === undefined ? [] : [{ level: 'fail', name: 'stream', message: seen.endFault }]
  const events: Finding = { level: 'ok', name: 'events', message: `${seen.events} in the snapshot and since` }
  return [status, ...headers, firstByteFinding(seen), ...ended, events, ...beatFindings(seen, gateway)]
}

const held = (gateway: Gateway): Finding => ({
  level: 'fail',
  name: 'buffering',
  message: bufferingMessage(gateway),
})

function statusFinding({
  status,
  statusText,
  after,
  redirectedTo,
}: NonNullable<StreamObservation['answer']>): Finding {
  const from = redirectedTo === undefined ? '' : `, redirected to ${redirectedTo}`
  const line = `${`${status} ${statusText}`.trim()} after ${after} ms${from}`
  if (status === 200) return { level: 'ok', name: 'status', message: line }
  const why =
    status === 401 || status === 403 ? tokenHint : status >= 500 ? gatewayMessage(status, 'it') : undefined
  return { level: 'fail', name: 'status', message: why === undefined ? line : `${line}: ${why}` }
}

function headerFindings(headers: NonNullable<StreamObservation['answer']>['headers']): Finding[] {
  const name = 'headers'
  const type = headers.get('content-type') ?? 'nothing'
  if (!/^\s*text\/event-stream\s*(?:;|$)/i.test(type))
    return [{ level: 'fail', name, message: `the content type is ${type}, not text/event-stream` }]
  const faults: Finding[] = []
  const encoding = headers.get('content-encoding')
  if (encoding !== null)
    faults.push({ level: 'warn', name, message: `${encoding} compression on the way may hold events back` })
  if (headers.get('content-length') !== null)
    faults.push({ level: 'warn', name, message: 'a content-length: something on the way collects the whole' })
  if (!/no-cache|no-store/.test(headers.get('cache-control') ?? ''))
    faults.push({ level: 'warn', name, message: 'no cache-control: no-cache, a proxy may keep it' })
  return faults.length > 0 ? faults : [{ level: 'ok', name, message: `${type}, not cached, not compressed` }]
}

function firstByteFinding({ firstByteAfter }: StreamObservation): Finding {
  const name = 'first byte'
  if (firstByteAfter === undefined)
    return { level: 'fail', name, message: 'headers came, but no byte: a proxy on the way buffers' }
  if (firstByteAfter <= maxFirstByte) return { level: 'ok', name, message: `after ${firstByteAfter} ms` }
  return { level: 'warn', name, message: `after ${firstByteAfter} ms: a proxy on the way may buffer` }
}

function beatFindings({ beats, ended, firstByteAfter }: StreamObservation, gateway: Gateway): Finding[] {
  const name = 'beats'
  const [first, second] = beats
  if (first === undefined) {
    if (ended) return [{ level: 'warn', name, message: 'none, and the response ended: an older server' }]
    // Our server beats right after the snapshot, whatever the wait.
    if (gateway.beats)
      return [{ level: 'fail', name, message: 'none, although the server beats at once' }, held(gateway)]
    const none: Finding = { level: 'warn', name, message: 'none: an older server, or one that is held up' }
    return firstByteAfter === undefined && gateway.names.length > 0 ? [none, held(gateway)] : [none]
  }
  const skew = first.time - first.at
  const clock: Finding = {
    level: Math.abs(skew) > maxSkew ? 'warn' : 'ok',
    name: 'clock',
    message: `the server's is ${Math.abs(skew)} ms ${skew < 0 ? 'behind' : 'ahead'}`,
  }
  if (second === undefined)
    return [{ level: 'ok', name, message: 'one; --wait 40s waits for another' }, clock]
  // Sent apart, but come together: something collected them.
  const gathered = second.time - first.time - (second.at - first.at)
  const message = `${((second.at - first.at) / 1000).toFixed(1)} s apart`
  if (Math.abs(gathered) > maxSkew)
    return [{ level: 'warn', name, message: `${message}, but not as they were sent` }, held(gateway), clock]
  return [{ level: 'ok', name, message }, clock]
}
