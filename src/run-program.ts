import { buildProgram, type CommandFactory } from './build-program.ts'
import { commandEntry, type CommandName } from './command-table.ts'
import { endCode } from './program/end-code.ts'
import { createIo, outlivePipe } from './program/io.ts'
import { flushOut } from './program/write-out.ts'

/** Runs one command line in the real world; resolves with the exit code. */
export async function runProgram(
  argv: readonly string[],
  load: (name: CommandName) => Promise<CommandFactory>,
): Promise<number> {
  const world = createIo(process)
  const names = argv.filter((word) => !word.startsWith('-'))
  const wanted = names[0] === 'help' ? names[1] : names[0]
  const entry = commandEntry(wanted)
  const io = entry?.outlivesPipe ? outlivePipe(world) : world
  const program = await buildProgram(wanted, io, load)
  let thrown: unknown
  try {
    if (argv.length === 0) program.outputHelp()
    else await program.parseAsync(argv, { from: 'user' })
  } catch (error) {
    thrown = error
  }
  await flushOut(io)
  const code = endCode(thrown, io, entry?.daemon ?? false)
  await new Promise<void>((resolve) => io.stderr.write('', () => resolve()))
  return code
}
