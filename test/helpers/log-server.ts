import type { ServerResponse } from 'node:http'
import { type Cursor, parseCursor, type ResetReason } from '../../src/protocol/cursor.ts'
import { beatFrame, insightFrame, resetFrame } from '../../src/protocol/frames.ts'
import { encodeInsight } from '../../src/protocol/insight/encode.ts'
import type { Insight } from '../../src/protocol/insight/insight.ts'
import { openStream, type Route, type ScriptedServer, startScriptedServer } from './scripted-server.ts'

export interface LogServer extends ScriptedServer {
  /** Appends to the log and sends to everybody who listens. */
  publish(...insights: readonly Insight[]): void
  /** Cuts every open stream, without a goodbye. */
  cut(): void
  /** Ends every open stream cleanly. */
  end(): void
  beat(): void
  /** Goes on with another log, as a server with a new journal does. */
  startOver(epoch: string): void
  readonly open: number
  /** Bytes that were sent and that the network has not taken. */
  readonly unsent: number
}

/**
 * The smallest honest server of the wire contract: one log with ids, snapshot, exact resume, reset,
 * beats. With it the client is tested against the contract, and not against our own server's habits.
 */
export async function startLogServer({
  retry = 20,
  snapshot = 10,
  clock = () => new Date(),
} = {}): Promise<LogServer> {
  let epoch = 'log'
  let log: Insight[] = []
  const streams = new Set<ServerResponse>()
  const head = (): Cursor => ({ epoch, sequence: log.length })
  const frame = (sequence: number) =>
    insightFrame({ epoch, sequence }, encodeInsight(log[sequence - 1] as Insight))
  const range = (from: number, to: number) =>
    Array.from({ length: Math.max(0, to - from) }, (_, n) => frame(from + n + 1)).join('')
  const resetReason = (cursor: Cursor | undefined): ResetReason | undefined => {
    if (cursor?.epoch !== epoch) return 'foreign'
    return cursor.sequence > log.length ? 'ahead' : undefined
  }

  const stream: Route = (response, { headers }) => {
    const asked = headers['last-event-id']
    const cursor = typeof asked === 'string' ? parseCursor(asked) : undefined
    const reset = asked === undefined ? undefined : resetReason(cursor)
    const replays = cursor !== undefined && reset === undefined
    const from = replays ? cursor.sequence : Math.max(0, log.length - snapshot)
    const body = `retry: ${retry}\n\n${reset ? resetFrame(reset) : ''}${range(from, log.length)}`
    openStream(response, `${body}${beatFrame(head(), clock())}`)
    streams.add(response)
    response.on('close', () => streams.delete(response))
  }

  const server = await startScriptedServer({ '/stream': stream })
  const send = (text: string) => streams.forEach((response) => response.write(text))
  return {
    ...server,
    publish(...insights) {
      for (const insight of insights) {
        log.push(insight)
        send(frame(log.length))
      }
    },
    beat: () => send(beatFrame(head(), clock())),
    cut: () => streams.forEach((response) => response.socket?.destroy()),
    end: () => streams.forEach((response) => response.end()),
    startOver(name) {
      epoch = name
      log = []
    },
    get unsent() {
      return Array.from(streams, ({ writableLength }) => writableLength).reduce(
        (sum, bytes) => sum + bytes,
        0,
      )
    },
    get open() {
      return streams.size
    },
  }
}
