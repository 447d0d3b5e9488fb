/**
 * - `throttled`: DynamoDB asks for patience; it did nothing
 * - `expired`: the credentials ran out; it did nothing
 * - `lost`: no answer, or a server's fault: the request may have taken effect
 * - `final`: the request itself is wrong or not allowed; trying again can't help
 */
export type Trouble = 'throttled' | 'expired' | 'lost' | 'final'

const throttled = /Throttl|ThroughputExceeded|RequestLimitExceeded|TransactionConflict|TransactionInProgress/
const expired =
  /^ExpiredToken|^RequestExpired|^UnrecognizedClient|^InvalidSignature|^CredentialsProviderError/
const lost =
  /^TimeoutError|^AbortError|^NetworkingError|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|socket hang up/

/** What kind of trouble an error of the SDK is. */
export function troubleOf(error: unknown): Trouble {
  if (!(error instanceof Error)) return 'final'
  const { $metadata, code } = error as { $metadata?: { httpStatusCode?: number }; code?: string }
  if (throttled.test(error.name)) return 'throttled'
  if (expired.test(error.name)) return 'expired'
  if (($metadata?.httpStatusCode ?? 0) >= 500) return 'lost'
  return [error.name, code ?? '', error.message].some((text) => lost.test(text)) ? 'lost' : 'final'
}

/** The request itself is wrong: it would be refused whenever and by whomever it is sent. */
export const isRefusedForever = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ValidationException'
