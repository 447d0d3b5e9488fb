import { Failure } from '../program/failure.ts'

/** A bearer token that may change while the program runs. */
export interface TokenSource {
  /** The token to send, read on first use and then kept; undefined when none is configured. */
  current(): Promise<string | undefined>
  /**
   * Reads it again after a server refused a token, once for all callers that were refused
   * with the same one. Undefined where reading again can give nothing else.
   */
  renew(refused: string | undefined): Promise<string | undefined>
}

/** A token that never changes. Throws a usage {@link Failure} when it can't be one. */
export function fixedToken(token: string | undefined): TokenSource {
  const checked = Promise.resolve(token ? checkToken(token) : undefined)
  return { current: () => checked, renew: () => Promise.resolve(undefined) }
}

/** A token that `read` gives, and gives anew after a refusal. */
export function readToken(read: () => Promise<string | undefined>): TokenSource {
  let known: Promise<string | undefined> | undefined
  const ask = (): Promise<string | undefined> => {
    const reading = read()
    known = reading
    // What failed is asked for again by the next caller.
    reading.catch(() => {
      if (known === reading) known = undefined
    })
    return reading
  }
  return {
    current: () => known ?? ask(),
    async renew(refused) {
      const before = known
      const token = await before?.catch(() => refused)
      if (before !== undefined && token !== refused) return token
      // Another caller may have begun to read meanwhile.
      return known !== undefined && known !== before ? known : ask()
    },
  }
}

/** The token itself. Throws a usage {@link Failure} where it can't be one. */
export function checkToken(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token
  // The message never repeats the token.
  throw new Failure(
    'usage',
    'the token contains a space, a line break or another character that no token has',
  )
}
