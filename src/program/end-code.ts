import { CommanderError } from 'commander'
import { exitCodes, Failure, Interrupted } from './failure.ts'
import type { Interruption, Io } from './io.ts'
import { sanitize } from '../text/sanitize.ts'

const signalCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

/**
 * The one place that turns how a command ended into words and an exit code. A daemon that a signal
 * ended cleanly has done what it should.
 */
export function endCode(thrown: unknown, io: Io, daemon: boolean): number {
  const reason = io.signal.aborted ? (io.signal.reason as Interruption) : undefined
  if (reason === 'EPIPE') return exitCodes.ok
  if (reason instanceof Failure) return explain(reason, io)
  // What a cut-off command throws is noise.
  if (reason !== undefined) return daemon && thrown === undefined ? exitCodes.ok : signalCodes[reason]
  if (thrown instanceof Interrupted) return signalCodes[thrown.signal]
  return thrown === undefined ? exitCodes.ok : explain(thrown, io)
}

const isUtf8 = ({ LC_ALL, LC_CTYPE, LANG }: Io['env']) => /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '')

/** Messages may quote a server's answer: it gets no say over the terminal. */
function explain(error: unknown, io: Io): number {
  // Commander has written its own sentence.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  const known = error instanceof Failure
  const message = error instanceof Error ? error.message : String(error)
  const hint = known ? error.hint : 'This was not foreseen: IOPS_DEBUG=1 shows where it happened.'
  const text = `iops: ${sanitize(message)}\n${hint === undefined ? '' : `  ${sanitize(hint)}\n`}`
  io.stderr.write(isUtf8(io.env) ? text : text.replaceAll('…', '...'))
  if (io.env.IOPS_DEBUG && error instanceof Error) io.stderr.write(`${error.stack ?? ''}\n`)
  return known ? exitCodes[error.reason] : exitCodes.failed
}
