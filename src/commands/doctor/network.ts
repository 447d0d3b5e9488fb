import { lookup } from 'node:dns/promises'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { connect, getCACertificates, type TLSSocket } from 'node:tls'
import { explainNetworkFault } from '../../client/network-fault.ts'
import type { Finding } from '../doctor.ts'

/** Handshakes that take longer are no use, in milliseconds. */
const patience = 10_000
const day = 86_400_000

/** What the host's name stands for. */
export async function checkName(url: URL): Promise<Finding> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host)) return { level: 'ok', name: 'name', words: `${host} is an address` }
  try {
    const addresses = await lookup(host, { all: true })
    return { level: 'ok', name: 'name', words: addresses.map(({ address }) => address).join(', ') }
  } catch (error) {
    return { level: 'fail', name: 'name', words: explainNetworkFault(error).message }
  }
}

/** Protocol and certificate, straight from the host. */
export async function checkTls(url: URL, ca: string | undefined): Promise<Finding> {
  const authorities = ca === undefined ? [] : [await readFile(ca, 'utf8')]
  const socket = connect({
    host: url.hostname,
    port: Number(url.port || 443),
    servername: isIP(url.hostname) ? '' : url.hostname,
    ca: [...getCACertificates('default'), ...authorities],
  })
  try {
    await secured(socket)
    const left = Math.floor((Date.parse(socket.getPeerCertificate().valid_to) - Date.now()) / day)
    const words = `${socket.getProtocol() ?? 'TLS'}, the certificate is good for ${left} days`
    return { level: left < 14 ? 'warn' : 'ok', name: 'tls', words }
  } catch (error) {
    return { level: 'fail', name: 'tls', words: explainNetworkFault(error).message }
  } finally {
    socket.destroy()
  }
}

function secured(socket: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('secureConnect', resolve)
    socket.once('error', reject)
    socket.setTimeout(patience, () => reject(new Error('no handshake in time')))
  })
}
