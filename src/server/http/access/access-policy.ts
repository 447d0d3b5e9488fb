import { badRequest, HttpFault } from '../../fault/http-fault.ts'
import { type Authorize, createAuthorize } from './authorize.ts'
import { hostNameOf, isLoopbackName } from './host-name.ts'
import { canonicalOrigin, isLoopbackOrigin } from './origin.ts'

export interface AccessOptions {
  /** The bearer token that callers must send; anyone may call without one. */
  readonly token?: string | undefined
  /** Whether the listener has a loopback address: it then answers to loopback names only. False by default. */
  readonly loopback?: boolean
  /** Names that a loopback listener answers to as well. */
  readonly allowHosts?: readonly string[]
  /** Origins whose pages may read and write; `*` for every one. Without, pages of other origins can't write. */
  readonly corsOrigins?: readonly string[]
}

export type FieldOf = (name: string) => string | undefined

/** What a request says of itself, wherever it came from. */
export interface RequestFacts {
  readonly method: string
  readonly path: string
  /** Where it was sent to, such as `http://localhost:4677`, when that is known without the Host field. */
  readonly target?: string
  /** A header field by its name in lower case; several of one name are joined by commas. */
  readonly field: FieldOf
}

type Fields = Readonly<Record<string, string>>

/** What pages may see of an answer beyond what they always may. */
export const exposedFields: Fields = {
  'access-control-expose-headers': 'Allow, ETag, Iops-Read-Units, Retry-After',
}

/** Open to everyone, token or not: a load balancer asks for them. */
const openPaths = new Set(['/healthz', '/readyz'])
/** Sources that can't send the token in a header, and that check by themselves who sends. */
export const selfCheckedPaths: ReadonlySet<string> = new Set(['/integrations/cloudwatch', '/v2/enqueue'])
const reading = new Set(['GET', 'HEAD', 'OPTIONS'])

const everyOrigin: Fields = { 'access-control-allow-origin': '*' }
const noOrigin: Fields = { vary: 'Origin' }

/** Who may call: the one place that every way into the server asks. */
export class AccessPolicy {
  readonly #authorize: Authorize
  readonly #loopback: boolean
  readonly #allowHosts: ReadonlySet<string>
  readonly #origins: ReadonlySet<string>
  /** Pages of any origin may read. */
  readonly #openReading: boolean
  /** The Host field that was let in last: nearly every request has the same. */
  #knownHost: string | undefined

  constructor({ token, loopback = false, allowHosts = [], corsOrigins = [] }: AccessOptions = {}) {
    this.#authorize = createAuthorize(token)
    this.#loopback = loopback
    this.#allowHosts = new Set(allowHosts.map((name) => hostNameOf(name) ?? name))
    this.#origins = new Set(corsOrigins.map((origin) => canonicalOrigin(origin) ?? origin))
    this.#openReading = !loopback || token !== undefined || this.#origins.has('*')
  }

  /** Throws 400 or 421 for the wrong host, 403 for a write from a foreign page, 401 without the token. */
  admit(request: RequestFacts): void {
    const { method, path, target } = request
    const host = request.field('host')
    if (host !== undefined) this.#checkHost(host)
    if (target !== undefined) this.#checkHost(authorityOf(target))
    if (method === 'OPTIONS') return
    if (!reading.has(method)) this.#checkOrigin(request)
    const isSelfChecked = method === 'POST' && selfCheckedPaths.has(path)
    if (!openPaths.has(path) && !isSelfChecked) this.#authorize(request.field('authorization'))
  }

  /** Throws 401 unless the token that stands in a body, or else the header, is the server's. */
  admitToken(token: string | undefined, authorization: string | undefined): void {
    this.#authorize(authorization ?? (token === undefined ? undefined : `Bearer ${token}`))
  }

  /** The fields that let pages read an answer; the same object for equal answers where possible. */
  corsFields(origin: string | undefined): Fields {
    if (this.#openReading) return everyOrigin
    if (origin === undefined) return noOrigin
    const canonical = canonicalOrigin(origin)
    const readable = this.#isNamed(origin) || (canonical !== undefined && isLoopbackOrigin(canonical))
    return readable ? { 'access-control-allow-origin': origin, ...noOrigin } : noOrigin
  }

  /** What pages may send: of a foreign origin only what reads. Beside {@link corsFields}. */
  preflightFields(request: RequestFacts): Fields {
    const writable = this.#writeFault(request) === undefined
    return {
      'access-control-allow-methods': writable ? 'GET, HEAD, POST, PATCH' : 'GET',
      'access-control-allow-headers':
        'Authorization, Cache-Control, Content-Type, If-Match, If-None-Match, Last-Event-ID, X-Requested-With',
      'access-control-max-age': '600',
      vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
    }
  }

  #checkHost(host: string): void {
    if (host === this.#knownHost) return
    if (host.includes(',')) throw badRequest('invalid_host', 'A request has one Host field.')
    const name = hostNameOf(host)
    if (this.#loopback && !(name !== undefined && (isLoopbackName(name) || this.#allowHosts.has(name)))) {
      const answersTo = 'This server listens on a loopback address and answers to loopback names only'
      const message = name ? `${answersTo}; --allow-host ${name} would add this one.` : `${answersTo}.`
      throw new HttpFault(421, 'misdirected_request', message)
    }
    this.#knownHost = host
  }

  #checkOrigin(request: RequestFacts): void {
    const message = this.#writeFault(request)
    if (message !== undefined) throw new HttpFault(403, 'foreign_origin', message)
  }

  /** Why a page may not write; undefined when it may, or when no page asks. */
  #writeFault(request: RequestFacts): string | undefined {
    const origin = request.field('origin')
    const site = request.field('sec-fetch-site')
    const elsewhere = site !== undefined && site !== 'same-origin' && site !== 'none'
    if (origin === undefined && !elsewhere) return undefined
    if (this.#isNamed(origin)) return undefined
    const canonical = origin === undefined ? undefined : canonicalOrigin(origin)
    if (canonical !== undefined && !elsewhere && canonical === ownOrigin(request)) return undefined
    return canonical === undefined
      ? 'A page of another origin may not write here.'
      : `A page of ${canonical} may not write here; the server's --cors-origin ${canonical} would let it.`
  }

  #isNamed(origin: string | undefined): boolean {
    if (this.#origins.has('*')) return true
    return origin !== undefined && this.#origins.has(canonicalOrigin(origin) ?? origin)
  }
}

/** The origin that the request was sent to; a proxy that ends TLS says so in `x-forwarded-proto`. */
function ownOrigin({ target, field }: RequestFacts): string | undefined {
  const authority = target === undefined ? field('host') : authorityOf(target)
  const forwarded = field('x-forwarded-proto')?.split(',', 1)[0]
  const scheme = forwarded ?? (target?.startsWith('https:') ? 'https' : 'http')
  return authority === undefined ? undefined : canonicalOrigin(`${scheme.trim()}://${authority}`)
}

const authorityOf = (target: string) => target.slice(target.indexOf('//') + 2)
