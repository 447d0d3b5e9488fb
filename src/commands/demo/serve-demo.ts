import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApi } from '../../client/api/api.ts'
import { createConnection } from '../../client/connection.ts'
import type { Logger } from '../../server/telemetry/logger.ts'
import { startServer } from '../../server/http/node-server.ts'
import { openJournal } from '../../server/stores/journal/journal.ts'
import { createSimulation } from '../../simulation/simulation.ts'
import { postSimulation } from '../shared/post-simulation.ts'
import type { SimulationFlags } from '../shared/simulation-flags.ts'
import type { Io } from '../../program/io.ts'
import { watchFeed } from '../watch.ts'
import type { WatchOptions } from '../watch/watch-options.ts'

/** A server's log lines would disturb the screen: errors alone are kept, and written at the end. */
function createTroubleLogger() {
  const lines: string[] = []
  const logger: Logger = (level, message, fields) => {
    if (level === 'error' && lines.length < 20)
      lines.push([message, ...Object.values(fields ?? {})].join(' '))
  }
  return { lines, logger }
}

/** What has happened before the screen opens: so many insights, over so many milliseconds. */
const history = { count: 150, span: 3 * 3_600_000 }

/** Server, feed and dashboard in one process, over a journal that is gone at the end. */
export async function serveDemo(
  options: SimulationFlags & { readonly watch: WatchOptions },
  io: Io,
): Promise<void> {
  const { lines, logger } = createTroubleLogger()
  const closers: (() => Promise<unknown>)[] = []
  try {
    // A container may have none.
    await mkdir(tmpdir(), { recursive: true })
    const directory = await mkdtemp(join(tmpdir(), 'iops-demo-'))
    closers.push(() => rm(directory, { recursive: true, force: true }))
    const store = await openJournal(directory, { logger })
    closers.push(() => store.close())
    const server = await startServer({ store, logger })
    closers.push(() => server.close())
    const feeding = createConnection({ url: server.url })
    const simulation = createSimulation({ ...options, seed: options.seed ?? io.now() % 1_000_000 })
    const past = Array.from({ length: history.count }, (_, index) =>
      simulation.next(io.now() - (history.span * (history.count - index)) / history.count),
    )
    await createApi(feeding).publish(past)
    const over = new AbortController()
    const signal = AbortSignal.any([io.signal, over.signal])
    const { rate } = options
    const feed = postSimulation(simulation, { rate }, feeding, { now: io.now, signal }).catch(
      (error: unknown) => {
        if (!signal.aborted) logger('error', String(error))
      },
    )
    closers.push(async () => {
      over.abort()
      await feeding.close()
      await feed
    })
    const watching = createConnection({ url: server.url })
    closers.push(() => watching.close())
    await watchFeed(options.watch, watching, io)
  } finally {
    for (const close of closers.toReversed()) await close()
    for (const line of lines) io.stderr.write(`${line}\n`)
  }
}
