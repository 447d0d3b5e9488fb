import { Command } from 'commander'
import type { Io } from '../program/io.ts'
import { takeTerminal } from '../ui/screen/take-terminal.ts'
import { appearance } from './shared/appearance.ts'
import { withExamples } from './shared/examples.ts'
import { duration, wholeNumber } from './shared/flags.ts'
import { withLookFlags } from './shared/look-flags.ts'
import { type SimulationFlags, withSimulationFlags } from './shared/simulation-flags.ts'
import { type WatchFlags, watchOptions } from './watch/watch-options.ts'

export type DemoOptions = SimulationFlags &
  Pick<WatchFlags, 'plain' | 'json' | 'color' | 'ascii' | 'count' | 'timeout'>

export function demoCommand(io: Io, run = runDemo): Command {
  const command = withSimulationFlags(new Command(), { maxRate: 10_000 })
  withExamples(command, [
    ['iops demo', 'the dashboard over a feed of its own; ? shows the keys, q quits'],
    ['iops demo --rate 200', 'a bad day'],
    ['iops demo --json --count 20 | jq .explanation', 'the same feed for a program'],
  ])
  command
    .description(
      'Runs a server on a free loopback port over a temporary journal, a realistic feed into it, and the\ndashboard on top. Everything is gone at the end.',
    )
    .option('--plain', 'one line for each alert, also on a terminal')
    .option('--json', 'one insight a line')
    .option('--count <n>', 'end well after so many alerts', wholeNumber(1, 1_000_000_000))
    .option('--timeout <time>', 'end with exit code 124 after so long', duration)
  return withLookFlags(command).action((options: DemoOptions) => run(options, io))
}

export async function runDemo(options: DemoOptions, io: Io): Promise<void> {
  const watch = watchOptions(options, io)
  const taken = watch.shape === 'dashboard' ? takeTerminal(io, appearance(io, options).ascii) : undefined
  try {
    const { serveDemo } = await import('./demo/serve-demo.ts')
    await serveDemo({ ...options, watch: { ...watch, temporary: true, taken } }, io)
  } finally {
    taken?.giveBack()
  }
}
