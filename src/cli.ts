import { buildProgram, commands } from './build-program.ts'
import { endCode } from './program/end-code.ts'
import { createIo, type Io, outlivePipe } from './program/io.ts'
import { flushOut } from './program/write-out.ts'

/** Runs one command line; resolves with the exit code. */
async function main(argv: readonly string[], world: Io): Promise<number> {
  const names = argv.filter((word) => !word.startsWith('-'))
  const wanted = names[0] === 'help' ? names[1] : names[0]
  const entry = commands[wanted ?? '']
  const io = entry?.outlivesPipe ? outlivePipe(world) : world
  const program = await buildProgram(wanted, io)
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

// What is still open now, a stdin that was read for keys above all, must not keep the process.
process.exit(await main(process.argv.slice(2), createIo(process)))
