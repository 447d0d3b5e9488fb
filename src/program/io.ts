import { constants } from 'node:os'
import type { ReadStream } from 'node:tty'
import { Failure } from './failure.ts'
import { watchReader } from './reader-watch.ts'

/** What a command needs of an output: `columns` and `rows` are there on a terminal only. */
export type Output = NodeJS.WritableStream & {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  readonly writableLength?: number
}

/** The world a command may touch. Nothing below the program reaches for globals. */
export interface Io {
  readonly stdin: (NodeJS.ReadableStream &
    Partial<Pick<ReadStream, 'setRawMode' | 'isTTY' | 'ref' | 'unref'>>) & {
    readonly fd?: number
  }
  /** Data, and nothing else. */
  readonly stdout: Output
  /** Words for people, the state of the connection included. */
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Aborts when the command should end early; the reason is an {@link Interruption}. */
  readonly signal: AbortSignal
  /** Watches for the end of whoever reads stdout, which then aborts `signal`. Returns the function that stops it. */
  readonly watchReader?: () => () => void
  /** Aborted when what stdout has not taken yet is no longer waited for at the end. */
  readonly stdoutAbandoned?: AbortController
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * A signal; `EPIPE`, when whoever read our stdout has left (`| head -1`), which is no fault; or the
 * {@link Failure} to write what there was to write.
 */
export type Interruption = (typeof signals)[number] | 'EPIPE' | Failure

/** The real world. */
export function createIo(process: NodeJS.Process): Io {
  const controller = new AbortController()
  const interrupt = (reason: Interruption) => controller.abort(reason)
  // These stay: where nobody listens any more, Ink's own handlers end the process before the command can.
  for (const name of signals)
    process.on(name, () => {
      // A second Ctrl-C ends the process the hard way.
      if (controller.signal.aborted) process.exit(128 + constants.signals[name])
      interrupt(name)
    })
  process.stdout.on('error', (error: NodeJS.ErrnoException) =>
    interrupt(
      error.code === 'EPIPE' ? 'EPIPE' : new Failure('failed', `stdout can't be written: ${error.message}`),
    ),
  )
  // Nobody is left who could be told.
  process.stderr.on('error', () => {})
  return {
    // Opened on first use: most commands never read it.
    get stdin() {
      return process.stdin
    },
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    now: Date.now,
    signal: controller.signal,
    watchReader: () => watchReader(process.stdout.fd, () => interrupt('EPIPE')),
    stdoutAbandoned: new AbortController(),
  }
}

/** The same world for a command that has work to do, whether or not somebody reads what it says. */
export function outlivePipe(io: Io): Io {
  const controller = new AbortController()
  const pass = () => {
    if (io.signal.reason !== 'EPIPE') controller.abort(io.signal.reason)
  }
  if (io.signal.aborted) pass()
  else io.signal.addEventListener('abort', pass, { once: true })
  return Object.defineProperties({} as Io, {
    ...Object.getOwnPropertyDescriptors(io),
    signal: { value: controller.signal, enumerable: true },
  })
}
