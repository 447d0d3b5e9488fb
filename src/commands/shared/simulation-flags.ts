import type { Command } from 'commander'
import { numberWithin, wholeNumber } from './flags.ts'

export interface SimulationFlags {
  /** Insights a second. */
  readonly rate: number
  readonly entities: number
  readonly seed?: number
}

/** The flags of every command that makes a feed. */
export function withSimulationFlags(command: Command, { maxRate }: { readonly maxRate: number }): Command {
  return command
    .option('--rate <n>', 'insights a second', numberWithin(0.01, maxRate), 2)
    .option(
      '--entities <n>',
      'how many customers, sessions, tutors, services',
      wholeNumber(1, 1_000_000),
      150,
    )
    .option('--seed <n>', 'the same number tells the same story', wholeNumber(0, 0xffff_ffff))
}
