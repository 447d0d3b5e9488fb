import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import type { Connection } from '../client/connection.ts'
import type { Io } from '../program/io.ts'
import { createSimulation, type Simulation } from '../simulation/simulation.ts'
import { type ConnectionFlags, openConnection, withConnectionFlags } from './shared/connection-flags.ts'
import { withExamples } from './shared/examples.ts'
import { duration, wholeNumber } from './shared/flags.ts'
import { type SimulationFlags, withSimulationFlags } from './shared/simulation-flags.ts'

interface Pace {
  /** Insights a second. */
  readonly rate: number
  readonly count?: number
  /** Milliseconds. */
  readonly duration?: number
}

type Options = ConnectionFlags & Pace & SimulationFlags

export function simulateCommand(io: Io): Command {
  const command = withSimulationFlags(new Command(), { mostRate: 50_000 })
  withExamples(command, [
    ['iops simulate', 'two insights a second, until Ctrl-C'],
    ['iops simulate --rate 500 --duration 1m', 'a load'],
    ['iops simulate --seed 7 --count 200 --rate 1000', 'the same story each time'],
  ])
  command
    .description('Posts a realistic feed to a server: risks that drift, escalate, repeat and resolve.')
    .option('--count <n>', 'end after so many', wholeNumber(1, 1_000_000_000))
    .option('--duration <time>', 'end after so long', duration)
  return withConnectionFlags(command).action((options: Options) => run(options, io))
}

async function run(options: Options, io: Io): Promise<void> {
  const seed = options.seed ?? io.now() % 1_000_000
  const { connection } = await openConnection({ ...options }, io)
  io.stderr.write(`posting to ${connection.baseUrl}, ${options.rate}/s, seed ${seed}\n`)
  let sent = 0
  try {
    await simulate(createSimulation({ ...options, seed }), options, connection, io, (count) => {
      sent += count
    })
  } finally {
    await connection.close()
    io.stderr.write(`${sent} posted\n`)
  }
}

/** The most in one request. */
const most = 500
/** How often a batch goes out at a high rate, in milliseconds. */
const tickMs = 50

/**
 * Posts until count, duration or the signal ends it. When the server can't keep the rate, insights
 * are not piled up: the feed is slower. A server that is restarted is waited for.
 */
export async function simulate(
  simulation: Simulation,
  { rate, count = Infinity, duration = Infinity }: Pace,
  connection: Connection,
  io: Pick<Io, 'signal' | 'now'>,
  onPosted: (count: number) => void = () => {},
): Promise<void> {
  const { signal, now } = io
  const { createApi } = await import('../client/api/api.ts')
  const { createRetry } = await import('./shared/retry.ts')
  const api = createApi(connection)
  const retry = createRetry({ signal, now })
  const end = now() + duration
  let posted = 0
  let due = 0
  let before = now()
  while (posted < count && now() < end && !signal.aborted) {
    due = Math.min(due + ((now() - before) / 1000) * rate, most)
    before = now()
    const size = Math.min(Math.floor(due), count - posted)
    if (size > 0) {
      const batch = Array.from({ length: size }, () => simulation.next(now()))
      await retry(() => api.publish(batch))
      due -= size
      posted += size
      onPosted(size)
    }
    const untilNext = Math.max(tickMs, ((1 - due) / rate) * 1000)
    if (posted < count)
      await sleep(Math.min(untilNext, Math.max(0, end - now())), undefined, { signal }).catch(ignore)
  }
}

const ignore = () => {}
