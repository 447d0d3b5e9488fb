import type { HttpAnswer, HttpRequest } from './http-answer.ts'

/** As many as fetch follows. */
const maxRedirects = 20
const redirecting = new Set([301, 302, 303, 307, 308])
/** What speaks of a body that is not sent on. */
const bodyHeaders = /^content-/i
/** What is meant for one origin. */
const secretHeaders = /^(?:authorization|proxy-authorization|cookie|host)$/i

interface Hop {
  readonly url: URL
  readonly request: HttpRequest
}

/** Sends a request, and follows the answers that lead elsewhere, as fetch does. */
export async function followRedirects(
  first: Hop,
  send: (hop: Hop) => Promise<Omit<HttpAnswer, 'redirected'> & { readonly redirected?: boolean }>,
): Promise<HttpAnswer> {
  let hop = first
  for (let count = 0; count <= maxRedirects; count++) {
    const answer = await send(hop)
    const next = nextHop(hop, answer)
    if (next === undefined) return { ...answer, redirected: answer.redirected || count > 0 }
    answer.cancel()
    hop = next
  }
  throw new Error('redirect count exceeded')
}

/** Undefined where the answer is the last one. */
function nextHop(
  { url, request }: Hop,
  { status, headers }: Pick<HttpAnswer, 'status' | 'headers'>,
): Hop | undefined {
  const location = redirecting.has(status) ? headers.get('location') : null
  if (location === null) return undefined
  // Header values are bytes, and a location may be UTF-8.
  const target = URL.parse(Buffer.from(location, 'latin1').toString(), url)
  if (target === null || !/^https?:$/.test(target.protocol)) throw new Error('it redirects to no http(s) URL')
  const { method = 'GET', body, headers: sent = {}, ...others } = request
  const isPlain =
    (status === 303 && method !== 'GET' && method !== 'HEAD') ||
    ((status === 301 || status === 302) && method === 'POST')
  const isElsewhere = target.origin !== url.origin
  const kept = Object.entries(sent).filter(
    ([name]) => !(isPlain && bodyHeaders.test(name)) && !(isElsewhere && secretHeaders.test(name)),
  )
  return {
    url: target,
    request: {
      ...others,
      headers: Object.fromEntries(kept),
      ...(isPlain ? { method: 'GET' } : { method, body }),
    },
  }
}
