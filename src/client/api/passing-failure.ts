import { type ExitReason, Failure } from '../../program/failure.ts'

interface Passing {
  /**
   * - `network`: no answer, or half of one; the request may have been carried out
   * - `gateway`: a 5xx; likewise
   * - `busy`: 429 or 503
   */
  readonly kind: 'network' | 'gateway' | 'busy'
  /** The message without when to come back: `the server is busy (503)`. */
  readonly what: string
  /** When to come back, in milliseconds, where the answer said so. */
  readonly retryAfter?: number | undefined
}

/** A call that may go well later, as it is. */
export class PassingFailure extends Failure {
  readonly kind: Passing['kind']
  readonly what: string
  readonly retryAfter: number | undefined
  constructor(
    { kind, what, retryAfter }: Passing,
    reason: ExitReason,
    message: string = what,
    options: { hint?: string; cause?: unknown } = {},
  ) {
    super(reason, message, options)
    this.kind = kind
    this.what = what
    this.retryAfter = retryAfter
  }
}
