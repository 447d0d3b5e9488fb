import { z } from 'zod'
import { badRequest } from '../fault/http-fault.ts'

const record = <Value extends z.ZodType>(value: Value) => z.record(z.string(), value).nullish()

/** What an HTTP API (payload 2.0) and a function URL send. */
const VersionTwo = z.object({
  version: z.literal('2.0'),
  rawPath: z.string(),
  rawQueryString: z.string().optional(),
  headers: record(z.string()),
  requestContext: z.object({
    stage: z.string().optional(),
    domainName: z.string().nullish(),
    http: z.object({ method: z.string() }),
  }),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().optional(),
})

/** What a REST API sends, and an HTTP API with payload 1.0. */
const VersionOne = z.object({
  httpMethod: z.string(),
  path: z.string(),
  headers: record(z.string()),
  multiValueHeaders: record(z.array(z.string())),
  queryStringParameters: record(z.string()),
  multiValueQueryStringParameters: record(z.array(z.string())),
  requestContext: z.object({
    stage: z.string().nullish(),
    path: z.string().nullish(),
    domainName: z.string().nullish(),
  }),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
})

/** A call of a function over HTTP, whichever way it came. */
interface HttpEvent {
  readonly method: string
  /** With stage and base path. */
  readonly path: string
  readonly prefixes: readonly string[]
  readonly query: string
  readonly headers: readonly (readonly [string, string])[]
  readonly domain: string | undefined
  readonly body: Buffer | undefined
}

/** Undefined when the event is no HTTP call. */
function readHttpEvent(event: unknown): HttpEvent | undefined {
  const two = VersionTwo.safeParse(event)
  if (two.success) return fromVersionTwo(two.data)
  const one = VersionOne.safeParse(event)
  return one.success ? fromVersionOne(one.data) : undefined
}

function fromVersionTwo(event: z.infer<typeof VersionTwo>): HttpEvent {
  const { stage, domainName, http } = event.requestContext
  return {
    method: http.method,
    path: event.rawPath,
    prefixes: stage === undefined || stage === '$default' ? [] : [`/${stage}`],
    query: event.rawQueryString ?? '',
    headers: Object.entries(event.headers ?? {}),
    domain: domainName ?? undefined,
    body: bodyOf(event),
  }
}

function fromVersionOne(event: z.infer<typeof VersionOne>): HttpEvent {
  const { stage, path: whole, domainName } = event.requestContext
  // A REST API has taken the stage off already, unless the path happens to begin with its name.
  const isClean = whole === `/${stage}${event.path}`
  const several = event.multiValueQueryStringParameters
  const query = new URLSearchParams(
    several
      ? Object.entries(several).flatMap(([name, values]) => values.map((value) => [name, value]))
      : Object.entries(event.queryStringParameters ?? {}),
  )
  const headers = event.multiValueHeaders
    ? Object.entries(event.multiValueHeaders).flatMap(([name, values]) =>
        values.map((value) => [name, value] as const),
      )
    : Object.entries(event.headers ?? {})
  return {
    method: event.httpMethod,
    path: event.path,
    prefixes: isClean || !stage || stage === '$default' ? [] : [`/${stage}`],
    query: query.toString(),
    headers,
    domain: domainName ?? undefined,
    body: bodyOf(event),
  }
}

const bodyOf = (event: { body?: string | null | undefined; isBase64Encoded?: boolean | null | undefined }) =>
  event.body ? Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8') : undefined

/**
 * An event as a request, without stage and base path. Throws 400 for what is no HTTP request, and an error for an
 * event of another kind.
 */
export function requestOf(event: unknown, basePath: string): Request {
  const call = readHttpEvent(event)
  if (!call) throw new Error('the event is no HTTP call of API Gateway or a function URL')
  const { method, query, headers, domain, body } = call
  let path = call.path.startsWith('/') ? call.path : `/${call.path}`
  for (const prefix of [basePath, ...call.prefixes]) path = without(prefix, path)
  try {
    const fields = new Headers(headers as [string, string][])
    const url = `https://${fields.get('host') ?? domain ?? 'localhost'}${encoded(path)}${query && `?${query}`}`
    const withBody = method !== 'GET' && method !== 'HEAD' && body !== undefined
    return new Request(url, {
      method,
      headers: fields,
      ...(withBody && { body: new Uint8Array(body) }),
    })
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw badRequest('bad_request', 'The request target or a header field is wrong.')
  }
}

function without(prefix: string, path: string): string {
  if (prefix === '' || (path !== prefix && !path.startsWith(`${prefix}/`))) return path
  return path.slice(prefix.length) || '/'
}

/** Some ways in decode the path: what can't stand in one is encoded again. */
const encoded = (path: string): string =>
  path
    .replaceAll(/%(?![\da-f]{2})/gi, '%25')
    .replaceAll(/[?#\\]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)
