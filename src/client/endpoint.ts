import { Failure } from '../program/failure.ts'
import { tokenHint, urlHint as hint } from './refusal.ts'

/** Where one server's REST calls and its event stream are. */
export interface Endpoint {
  /** Without a trailing slash: `https://host/prod`. */
  readonly baseUrl: string
  /** `https://host/prod/stream`, with the query of the URL it came from. */
  readonly streamUrl: string
}

/**
 * Reads a base URL (`https://host/prod`) or the stream's own (`https://host/prod/stream`,
 * `https://host/insights/stream`). Throws a usage {@link Failure} for anything else.
 */
export function parseEndpoint(text: string): Endpoint {
  const url = parseUrl(text.trim())
  const path = url.pathname.replace(/\/+$/, '')
  const [, prefix = path, stream] = /^(.*?)((?:\/insights)?\/stream)$/.exec(path) ?? []
  const baseUrl = `${url.origin}${prefix}`
  return { baseUrl, streamUrl: `${baseUrl}${stream ?? '/stream'}${url.search}` }
}

function parseUrl(text: string): URL {
  if (text === '') throw new Failure('usage', 'the URL is empty', { hint })
  if (!URL.canParse(text)) throw new Failure('usage', `"${text}" is no URL`, { hint })
  const url = new URL(text)
  if (url.username !== '' || url.password !== '')
    throw new Failure('usage', 'the URL contains a name or a password', {
      hint: `Take it out. ${tokenHint}`,
    })
  if (url.protocol === 'http:' || url.protocol === 'https:') return url
  // `localhost:4677` parses as a URL whose scheme is "localhost:".
  throw new Failure('usage', `"${text}" does not start with http:// or https://`, { hint })
}
