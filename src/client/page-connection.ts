import { parseEndpoint } from './endpoint.ts'
import type { HttpAnswer, HttpRequest } from './http/http-answer.ts'
import type { HttpConnection } from './http/http-connection.ts'
import { sendWithToken } from './send-with-token.ts'
import { checkToken, fixedToken, readToken } from './token-source.ts'

/** As much of `fetch` as is used. */
export type FetchLike = (
  url: string,
  init: {
    readonly method?: string
    readonly headers?: Record<string, string>
    readonly body?: string | null
    readonly signal?: AbortSignal
    readonly cache?: 'no-store'
  },
) => Promise<Pick<Response, 'status' | 'statusText' | 'url' | 'redirected' | 'headers' | 'body'>>

export interface PageConnectionOptions {
  /** A base URL, or the stream's own; in a page also a path such as `/`. */
  readonly url: string | URL
  /** A token, or a function that gives one: asked at the first request, and again when the server answers 401. */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>) | undefined
  /** `globalThis.fetch` by default. */
  readonly fetch?: FetchLike | undefined
}

/** Through the platform's own fetch, which runs in browsers and elsewhere. Nothing goes over the wire before the first. */
export function createPageConnection(options: PageConnectionOptions): HttpConnection {
  const { url, token, fetch = (target, init) => globalThis.fetch(target, init) } = options
  const { location } = globalThis as { readonly location?: { readonly href: string } }
  const endpoint = parseEndpoint(location ? new URL(url, location.href).href : String(url))
  const source =
    typeof token === 'function'
      ? readToken(async () => {
          const given = await token()
          return given ? checkToken(given) : undefined
        })
      : fixedToken(token)
  const over = new AbortController()
  const send = async (target: URL, { method, headers, body, signal }: HttpRequest): Promise<HttpAnswer> => {
    const response = await fetch(target.href, {
      ...(method !== undefined && { method }),
      ...(headers && { headers: { ...headers } }),
      ...(body !== undefined && { body }),
      cache: 'no-store',
      signal: signal ? AbortSignal.any([signal, over.signal]) : over.signal,
    })
    const { status, statusText, url: from, redirected } = response
    return {
      status,
      statusText,
      url: from,
      redirected,
      headers: response.headers,
      body: chunksOf(response.body),
      // One that is being read can't be cancelled: its reader leaves it.
      cancel: () => void response.body?.cancel().catch(() => {}),
    }
  }
  return {
    ...endpoint,
    proxy: undefined,
    isPage: location !== undefined,
    // A page isn't told more: who answered, and why not, is none of its business.
    explain: () => ({ code: 'FAILED', message: 'no connection', hint: undefined, lasting: false }),
    fetch: sendWithToken(new URL(endpoint.baseUrl).origin, source, send),
    close: async () => over.abort(),
  }
}

/** Not every browser can iterate a stream. */
async function* chunksOf(body: Response['body']): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader()
  try {
    for (let next = await reader?.read(); next?.value; next = await reader?.read())
      yield next.value as Uint8Array
  } finally {
    await reader?.cancel().catch(() => {})
  }
}
