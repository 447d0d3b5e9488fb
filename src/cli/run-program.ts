import { buildProgram, type CommandFactory } from './build-program.ts'
import { commandEntry, type CommandName } from './command-table.ts'
import { endCode } from '../program/end-code.ts'
import { createIo, outlivePipe } from '../program/io.ts'
import { flushOut } from '../program/write-out.ts'

const fromUser = { from: 'user' } as const
const isName = (word: string) => !word.startsWith('-')
const isCommand = (name: string) => name === 'help' || commandEntry(name) !== undefined

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
  const [asked] = (argv[0] === 'help' ? argv.slice(1) : argv).slice(0, 1).filter(isName)
  let thrown: unknown
  try {
    if (argv.length === 0) program.outputHelp()
    // Commander would show the help of iops for a command that doesn't exist.
    else if (asked !== undefined && !isCommand(asked)) await program.parseAsync([asked], fromUser)
    else await program.parseAsync(argv, fromUser)
  } catch (error) {
    thrown = error
  }
  await flushOut(io)
  const code = endCode(thrown, io, entry?.daemon ?? false)
  await new Promise<void>((resolve) => io.stderr.write('', () => resolve()))
  return code
}
