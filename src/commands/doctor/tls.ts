import { readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { request as requestOverTls } from 'node:https'
import { isIP, type Socket } from 'node:net'
import { connect, getCACertificates, type TLSSocket } from 'node:tls'
import { explainNetworkFault } from '../../client/network-fault.ts'
import type { Proxy } from '../../client/proxy.ts'
import { counted } from '../../text/format.ts'
import type { Finding } from './finding.ts'

/** Handshakes that take longer are no use, in milliseconds. */
const patience = 10_000
const day = 86_400_000
const name = 'tls'

/** Protocol and certificate of the host, through the proxy where one is asked. */
export async function checkTls(url: URL, ca: string | undefined, proxy: Proxy | undefined): Promise<Finding> {
  const authorities = [
    ...getCACertificates('default'),
    ...(ca === undefined ? [] : [await readFile(ca, 'utf8')]),
  ]
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port || 443)
  let socket: TLSSocket | undefined
  try {
    const tunnel = proxy && (await openTunnel(proxy, `${url.hostname}:${port}`, authorities))
    const way = tunnel ? { socket: tunnel } : { host, port }
    socket = connect({ ...way, servername: isIP(host) ? '' : host, ca: authorities })
    await secured(socket)
    const left = Math.floor((Date.parse(socket.getPeerCertificate().valid_to) - Date.now()) / day)
    const message = `${socket.getProtocol() ?? 'TLS'}, the certificate is good for ${counted(left, 'day')}`
    return { level: left < 14 ? 'warn' : 'ok', name, message }
  } catch (error) {
    return { level: 'fail', name, message: explainNetworkFault(error).message }
  } finally {
    socket?.destroy()
  }
}

function openTunnel(proxy: Proxy, target: string, ca: readonly string[]): Promise<Socket> {
  const { protocol, hostname, port, username, password } = new URL(proxy.url)
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)
  const send = protocol === 'https:' ? requestOverTls : request
  return new Promise((resolve, reject) => {
    const ask = send({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port || (protocol === 'https:' ? 443 : 80),
      method: 'CONNECT',
      path: target,
      ca: [...ca],
      timeout: patience,
      headers: {
        host: target,
        ...(username && { 'proxy-authorization': `Basic ${login.toString('base64')}` }),
      },
    })
    ask.once('connect', ({ statusCode = 0 }, socket) => {
      if (statusCode === 200) return resolve(socket)
      socket.destroy()
      reject(new Error(`the proxy ${proxy.origin} answers ${statusCode} to CONNECT`))
    })
    ask.once('response', ({ statusCode = 0 }) => {
      ask.destroy()
      reject(new Error(`the proxy ${proxy.origin} answers ${statusCode} to CONNECT`))
    })
    ask.once('timeout', () => ask.destroy(new Error(`the proxy ${proxy.origin} gave no answer in time`)))
    ask.once('error', (error) =>
      reject(new Error(`the proxy ${proxy.origin}: ${explainNetworkFault(error).message}`)),
    )
    ask.end()
  })
}

function secured(socket: TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('secureConnect', resolve)
    socket.once('error', reject)
    socket.setTimeout(patience, () => reject(new Error('no handshake in time')))
  })
}
