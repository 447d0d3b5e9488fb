import { BlockList, isIP } from 'node:net'

const authorityShape = /^(?:\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i
const localhost = /^(?:[\w-]+\.)*localhost$/

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/**
 * The host of an authority such as `LOCALHOST.:4677`: without port and trailing dot, in lower case, an IP
 * address in its shortest form and without brackets. Undefined for what is no authority of a Host field.
 */
export function hostNameOf(authority: string): string | undefined {
  if (!authorityShape.test(authority)) return undefined
  return URL.parse(`http://${authority}`)?.hostname.replace(/\.$/, '').replaceAll(/[[\]]/g, '')
}

/** `localhost`, a name below it, or a loopback address; `name` as {@link hostNameOf} gives it. */
export const isLoopbackName = (name: string): boolean => localhost.test(name) || isLoopbackAddress(name)

export function isLoopbackAddress(address: string): boolean {
  const family = isIP(address)
  return family !== 0 && loopback.check(address, family === 6 ? 'ipv6' : 'ipv4')
}
