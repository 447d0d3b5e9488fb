import { Failure } from '../program/failure.ts'

/** An HTTP proxy, and the variable that names it. */
export interface Proxy {
  /** With name and password, where there are any. */
  readonly url: string
  /** To be shown: without them. */
  readonly origin: string
  readonly variable: string
}

type Env = Readonly<Record<string, string | undefined>>

/**
 * The proxy on the way to a URL: that of `HTTPS_PROXY` for https, of `HTTP_PROXY` for http, in either
 * case and with or without `http://`; none for loopback and for what `NO_PROXY` names (hosts, domains
 * with what is below them, `host:port`, CIDR blocks, `*`). A variable that isn't needed isn't read.
 * Throws a usage {@link Failure} for one that is needed and names no HTTP proxy.
 */
export function proxyFor(url: URL, env: Env): Proxy | undefined {
  const { name, value } = read(env, url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY')
  const text = value?.trim()
  if (!text) return undefined
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/(?<=.)\.$/, '')
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  const exempt = [...loopback, ...(read(env, 'NO_PROXY').value ?? '').split(/[\s,]+/).filter(Boolean)]
  if (exempt.some((entry) => covers(entry.toLowerCase(), host, port))) return undefined
  return parseProxy(text, name)
}

/** No proxy can reach our own loopback. */
const loopback = ['localhost', '127.0.0.0/8', '::1']

/** Whether a URL's hostname is this machine's own. */
export const isLoopback = (hostname: string): boolean =>
  /^(?:localhost|127(?:\.\d+){3}|\[?::1\]?)$/.test(hostname)

/** The lower-case name wins, as with curl. */
function read(env: Env, name: string): { readonly name: string; readonly value: string | undefined } {
  const lower = name.toLowerCase()
  return env[lower] === undefined ? { name, value: env[name] } : { name: lower, value: env[lower] }
}

function parseProxy(text: string, variable: string): Proxy {
  const whole = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`
  const url = URL.canParse(whole) ? new URL(whole) : undefined
  if (url && /^https?:$/.test(url.protocol) && isDecodable(url.username) && isDecodable(url.password))
    return { url: url.href, origin: url.origin, variable }
  // It may hold a password, so it isn't repeated.
  throw new Failure('usage', `${variable} names no HTTP proxy`, {
    hint: 'Write it as http://host:port, or name the host in NO_PROXY.',
  })
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

function covers(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  if (entry.includes('/')) return isWithin(entry, host)
  const [, name = entry, wanted] = /^(\[.*\]|[^:]*):(\d+)$/.exec(entry) ?? []
  if (wanted !== undefined && wanted !== port) return false
  const bare = name.replace(/^\[|\]$/g, '').replace(/(?<=.)\.$/, '')
  const domain = bare.replace(/^\*?\./, '')
  return domain !== '' && ((host === domain && !bare.startsWith('*')) || host.endsWith(`.${domain}`))
}

function isWithin(block: string, host: string): boolean {
  const [address = '', bits = ''] = block.split('/')
  const { BlockList, isIP } = process.getBuiltinModule('node:net')
  const version = isIP(host)
  if (version === 0 || isIP(address) !== version || !/^\d{1,3}$/.test(bits)) return false
  if (Number(bits) > (version === 4 ? 32 : 128)) return false
  const family = version === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(address, Number(bits), family)
  return list.check(host, family)
}
