import type { CommandFactory } from './build-program.ts'
import type { CommandName } from './command-table.ts'
import { ackCommand } from '../commands/ack.ts'
import { getCommand } from '../commands/get.ts'
import { publishCommand } from '../commands/publish.ts'
import { recentCommand } from '../commands/recent.ts'
import { reopenCommand } from '../commands/reopen.ts'
import { resolveCommand } from '../commands/resolve.ts'
import { statsCommand } from '../commands/stats.ts'
import { runProgram } from './run-program.ts'

const factories: Readonly<Partial<Record<CommandName, CommandFactory>>> = {
  ack: ackCommand,
  get: getCommand,
  publish: publishCommand,
  recent: recentCommand,
  reopen: reopenCommand,
  resolve: resolveCommand,
  stats: statsCommand,
}

/**
 * Runs a command line whose first word is a `fast` command. These are bundled on their own, into one file, and share
 * no module with the rest of the program: one process loads either this or `all.ts`.
 */
export const run = (argv: readonly string[]): Promise<number> =>
  runProgram(argv, (name) => Promise.resolve(factories[name] ?? notFast(name)))

const notFast = (name: string): CommandFactory => {
  throw new Error(`${name} is not among the fast commands`)
}
