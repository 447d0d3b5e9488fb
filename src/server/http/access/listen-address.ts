import { lookup } from 'node:dns/promises'
import { isLoopbackAddress } from './host-name.ts'

/** Where a server listens. */
export interface ListenAddress {
  /** As it was asked for: a name or an address. */
  readonly host: string
  /** The IP address that the host stands for. */
  readonly address: string
  /** Whether only programs of this machine can reach it. */
  readonly loopback: boolean
}

export const loopbackAddress: ListenAddress = { host: 'localhost', address: '127.0.0.1', loopback: true }

/** Rejects with the resolver's error, such as ENOTFOUND. */
export async function resolveListenAddress(host: string): Promise<ListenAddress> {
  const { address } = await lookup(host)
  return { host, address, loopback: isLoopbackAddress(address) }
}
