import { PassThrough } from 'node:stream'
import type { Command } from 'commander'
import type { Io } from '../../src/program/io.ts'

export interface TestIo extends Io {
  /** Everything written so far. */
  readonly written: { stdout: string; stderr: string }
  /** Ends the command as this signal would. */
  interrupt(reason: 'SIGINT' | 'SIGTERM' | 'EPIPE'): void
}

interface TestIoOptions {
  readonly env?: Readonly<Record<string, string>>
  /** All that stdin gives; empty by default. */
  readonly input?: string
  readonly now?: () => number
}

/** A world in memory: no terminal, a UTF-8 locale, no home. */
export function createTestIo({ env = {}, input = '', now = Date.now }: TestIoOptions = {}): TestIo {
  const written = { stdout: '', stderr: '' }
  const collect = (name: 'stdout' | 'stderr') => {
    const stream = new PassThrough()
    stream.setEncoding('utf8').on('data', (text: string) => (written[name] += text))
    return stream
  }
  const controller = new AbortController()
  const stdin = new PassThrough()
  stdin.end(input)
  return {
    stdin,
    stdout: collect('stdout'),
    stderr: collect('stderr'),
    env: { HOME: '/nowhere', LANG: 'C.UTF-8', ...env },
    now,
    signal: controller.signal,
    written,
    interrupt: (reason) => controller.abort(reason),
  }
}

/**
 * What a command makes of its command line, without running. Rejects where commander refuses the flags.
 */
export async function optionsOf<Options>(
  create: (io: Io, run: (options: Options, io: Io) => Promise<void>) => Command,
  argv: readonly string[],
  io: Io = createTestIo(),
): Promise<Options> {
  let options: Options | undefined
  const command = create(io, (given) => {
    options = given
    return Promise.resolve()
  })
  command.exitOverride().configureOutput({ writeErr: () => {}, writeOut: () => {} })
  await command.parseAsync(argv, { from: 'user' })
  if (options === undefined) throw new Error('the command did not run')
  return options
}
