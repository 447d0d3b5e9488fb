import { StoreUnavailable } from '../store.ts'

/**
 * - `throttled`: DynamoDB asks for patience; it did nothing
 * - `expired`: the credentials ran out; it did nothing
 * - `lost`: no answer, or a server's fault: the request may have taken effect
 * - `denied`: these credentials may not do that; trying again can't help
 * - `invalid`: the request itself is wrong; trying again can't help
 */
export type Trouble = 'throttled' | 'expired' | 'lost' | 'denied' | 'invalid'

const throttled = /Throttl|ThroughputExceeded|RequestLimitExceeded|TransactionConflict|TransactionInProgress/
const expired =
  /^ExpiredToken|^RequestExpired|^UnrecognizedClient|^InvalidSignature|^CredentialsProviderError/
const lost =
  /^TimeoutError|^AbortError|^NetworkingError|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|socket hang up/
const denied = /AccessDenied|NotAuthorized|OptInRequired|MissingAuthenticationToken|KMS/

/** What kind of trouble an error of the SDK is. */
export function troubleOf(error: unknown): Trouble {
  if (!(error instanceof Error)) return 'invalid'
  const { $metadata, code } = error as { $metadata?: { httpStatusCode?: number }; code?: string }
  if (throttled.test(error.name) || reasonsOf(error).some((reason) => throttled.test(reason)))
    return 'throttled'
  if (expired.test(error.name)) return 'expired'
  if (denied.test(error.name)) return 'denied'
  if (($metadata?.httpStatusCode ?? 0) >= 500) return 'lost'
  return [error.name, code ?? '', error.message].some((text) => lost.test(text)) ? 'lost' : 'invalid'
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
