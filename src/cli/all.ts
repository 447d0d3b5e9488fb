import { commandLoaders } from './command-loaders.ts'
import { runProgram } from './run-program.ts'

/** Runs any command line; each command loads on demand. */
export const run = (argv: readonly string[]): Promise<number> =>
  runProgram(argv, (name) => commandLoaders[name]())
