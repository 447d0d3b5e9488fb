/** The program's exit codes; a signal's end is 128 + its number. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  conditionMet: 3,
  notAllowed: 4,
  unreachable: 5,
  timeout: 124,
} as const
export type ExitReason = keyof typeof exitCodes

/** An end that was foreseen: one sentence that says what happened, and a hint that says what to do. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly reason: ExitReason
  readonly hint: string | undefined
  constructor(reason: ExitReason, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.reason = reason
    this.hint = options.hint
  }
}

/** A signal that came as a key (`^C` in raw mode) ends the program as the signal would. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  readonly signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'
  constructor(signal: Interrupted['signal']) {
    super(signal)
    this.signal = signal
  }
}
