import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry'
import { StoreUnavailable } from '../store.ts'

type SdkError = Parameters<typeof isThrottlingError>[0]

/**
 * - `throttled`: DynamoDB asks for patience; it did nothing
 * - `expired`: the credentials ran out; it did nothing
 * - `lost`: no answer, or a server's fault: the request may have taken effect
 * - `denied`: these credentials may not do that; trying again can't help
 * - `invalid`: the request itself is wrong; trying again can't help
 */
export type Trouble = 'throttled' | 'expired' | 'lost' | 'denied' | 'invalid'

const expired =
  /^ExpiredToken|^RequestExpired|^UnrecognizedClient|^InvalidSignature|^CredentialsProviderError/
const denied = /AccessDenied|NotAuthorized|OptInRequired|MissingAuthenticationToken|KMS/
/** Reasons of a canceled transaction that pass. */
const passing = /TransactionConflict|Throttl|ThroughputExceeded/

/** What kind of trouble an error is: the SDK's own classes, and what they leave open. */
export function troubleOf(error: unknown): Trouble {
  if (!(error instanceof Error)) return 'invalid'
  const sdkError = error as SdkError
  if (isThrottlingError(sdkError) || passing.test(error.name)) return 'throttled'
  if (reasonsOf(error).some((reason) => passing.test(reason))) return 'throttled'
  if (expired.test(error.name)) return 'expired'
  if (denied.test(error.name)) return 'denied'
  // The request was given up here, which the SDK leaves to its caller.
  if (error.name === 'AbortError' || isTransientError(sdkError) || isServerError(sdkError)) return 'lost'
  return /socket hang up|ECONN|EPIPE/.test(error.message) ? 'lost' : 'invalid'
}

const verb: Readonly<Record<Trouble, string>> = {
  throttled: 'throttles',
  expired: 'does not accept the credentials for',
  lost: 'does not answer',
  denied: 'denies',
  invalid: 'refuses',
}

/** A message that names operation and kind of error, and neither accounts nor keys: those stay in the cause. */
export function unavailable(operation: string, cause: unknown): StoreUnavailable {
  const name = cause instanceof Error ? cause.name : typeof cause
  return new StoreUnavailable(`DynamoDB ${verb[troubleOf(cause)]} ${operation} (${name})`, { cause })
}

/** The request itself is wrong: it would be refused whenever and by whomever it is sent. */
export const isRefusedForever = (error: unknown): boolean =>
  error instanceof StoreUnavailable &&
  error.cause instanceof Error &&
  error.cause.name === 'ValidationException'

/** Why a transaction was canceled, part by part. */
export function reasonsOf(error: Error): string[] {
  const { CancellationReasons } = error as { CancellationReasons?: { Code?: string }[] }
  return CancellationReasons?.map(({ Code = 'None' }) => Code) ?? []
}

/** A server that speaks DynamoDB's protocol may lack some of its operations. */
export const isUnknownOperation = (error: unknown): boolean =>
  error instanceof Error && error.name === 'UnknownOperationException'

/** What kept a transaction from happening, part by part. */
export type PartOutcome = 'fine' | 'refused' | 'invalid'

/** Undefined where no part's condition failed: the transaction met others, or was throttled. */
export function outcomesOf(reasons: readonly string[]): PartOutcome[] | undefined {
  const outcomes = reasons.map((reason) => outcomeByReason[reason] ?? 'fine')
  return outcomes.every((outcome) => outcome === 'fine') ? undefined : outcomes
}

const outcomeByReason: Readonly<Record<string, PartOutcome>> = {
  ConditionalCheckFailed: 'refused',
  ValidationError: 'invalid',
}
