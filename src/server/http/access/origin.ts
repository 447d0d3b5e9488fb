import { hostNameOf, isLoopbackName } from './host-name.ts'

const originShape = /^([a-z][a-z\d+.-]*):\/\/([^/?#@\\\s]+)$/i

/**
 * An origin as browsers write it: lower case, no default port, no path. Undefined for what is no
 * single origin, `null` among them.
 */
export function canonicalOrigin(text: string): string | undefined {
  const [, scheme = '', authority = ''] = originShape.exec(text) ?? []
  if (!isWeb(scheme.toLowerCase())) return scheme === '' ? undefined : text.toLowerCase()
  return hostNameOf(authority) === undefined ? undefined : URL.parse(text)?.origin
}

/** Whether it is a page that this machine serves itself; `origin` is canonical. */
export function isLoopbackOrigin(origin: string): boolean {
  const [, scheme = '', authority = ''] = originShape.exec(origin) ?? []
  const name = isWeb(scheme) ? hostNameOf(authority) : undefined
  return name !== undefined && isLoopbackName(name)
}

const isWeb = (scheme: string) => scheme === 'http' || scheme === 'https'
