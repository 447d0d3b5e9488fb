import type { ReadStream } from 'node:tty'

/** What a command needs of an output: `columns` and `rows` are there on a terminal only. */
export type Output = NodeJS.WritableStream & {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  readonly writableLength?: number
}

/** The world a command may touch. Nothing below the program reaches for globals. */
export interface Io {
  readonly stdin: (NodeJS.ReadableStream & Partial<Pick<ReadStream, 'setRawMode' | 'isTTY'>>) & {
    readonly fd?: number
  }
  /** Data, and nothing else. */
  readonly stdout: Output
  /** Words for people, the state of the connection included. */
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Aborts at SIGINT, SIGTERM or SIGHUP; its reason is the signal's name. */
  readonly signal: AbortSignal
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The real world. */
export function createIo(process: NodeJS.Process): Io {
  const controller = new AbortController()
  for (const name of signals) process.once(name, () => controller.abort(name))
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    now: Date.now,
    signal: controller.signal,
  }
}
