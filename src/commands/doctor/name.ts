import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { explainNetworkFault } from '../../client/network-fault.ts'
import type { Finding } from './finding.ts'

/** What the host's name stands for. */
export async function checkName(url: URL): Promise<Finding> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host)) return { level: 'ok', name: 'name', message: `${host} is an address` }
  try {
    const addresses = await lookup(host, { all: true })
    return { level: 'ok', name: 'name', message: addresses.map(({ address }) => address).join(', ') }
  } catch (error) {
    return { level: 'fail', name: 'name', message: explainNetworkFault(error).message }
  }
}
