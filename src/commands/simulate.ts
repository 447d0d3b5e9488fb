import { Command } from 'commander'
import type { Io } from '../program/io.ts'
import { createSimulation } from '../simulation/simulation.ts'
import { type ConnectionFlags, openConnection, withConnectionFlags } from './shared/connection-flags.ts'
import { withExamples } from './shared/examples.ts'
import { duration, wholeNumber } from './shared/flags.ts'
import { type Pace, postSimulation } from './shared/post-simulation.ts'
import { type SimulationFlags, withSimulationFlags } from './shared/simulation-flags.ts'

export type SimulateOptions = ConnectionFlags & Pace & SimulationFlags

export function simulateCommand(io: Io, run = runSimulate): Command {
  const command = withSimulationFlags(new Command(), { maxRate: 50_000 })
  withExamples(command, [
    ['iops simulate', 'two insights a second, until Ctrl-C'],
    ['iops simulate --rate 500 --duration 1m', 'a load'],
    ['iops simulate --seed 7 --count 200 --rate 1000', 'the same story each time'],
  ])
  command
    .description('Posts a realistic feed to a server: risks that drift, escalate, repeat and resolve.')
    .option('--count <n>', 'end after so many', wholeNumber(1, 1_000_000_000))
    .option('--duration <time>', 'end after so long', duration)
  return withConnectionFlags(command).action((options: SimulateOptions) => run(options, io))
}

export async function runSimulate(options: SimulateOptions, io: Io): Promise<void> {
  const seed = options.seed ?? io.now() % 1_000_000
  const { connection } = await openConnection({ ...options }, io)
  io.stderr.write(`posting to ${connection.baseUrl}, ${options.rate}/s, seed ${seed}\n`)
  let sent = 0
  try {
    await postSimulation(createSimulation({ ...options, seed }), options, connection, io, (count) => {
      sent += count
    })
  } finally {
    await connection.close()
    io.stderr.write(`${sent} posted\n`)
  }
}
