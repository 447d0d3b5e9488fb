import type { HttpAnswer, HttpRequest } from './http/http-answer.ts'
import type { HttpConnection, TimedRequest } from './http/http-connection.ts'
import type { TokenSource } from './token-source.ts'

/** A fetch that sends the token to one origin and to no other, and once more with a new one when the server answers 401. */
export function sendWithToken(
  origin: string,
  source: TokenSource,
  send: (url: URL, request: HttpRequest) => Promise<HttpAnswer>,
): HttpConnection['fetch'] {
  const sendAs = (url: URL, token: string | undefined, request: TimedRequest) => {
    const { timeout, ...others } = request
    const signals = [request.signal, timeout && AbortSignal.timeout(timeout)].filter(
      (signal) => signal instanceof AbortSignal,
    )
    const isOurs = token !== undefined && url.origin === origin
    return send(url, {
      ...others,
      headers: { ...(isOurs && { authorization: `Bearer ${token}` }), ...request.headers },
      signal: signals.length > 1 ? AbortSignal.any(signals) : signals[0],
    })
  }
  return async (target, request = {}) => {
    const url = new URL(target)
    const token = await source.current()
    const response = await sendAs(url, token, request)
    // Who answers elsewhere, after a redirect, never saw the token.
    if (response.status !== 401 || new URL(response.url || url).origin !== origin) return response
    const renewed = await source.renew(token)
    if (renewed === undefined) return response
    response.cancel()
    return sendAs(url, renewed, request)
  }
}
