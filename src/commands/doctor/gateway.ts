import type { Connection } from '../../client/connection.ts'
import type { Io } from '../../program/io.ts'
import { plainWords } from '../../text/one-line.ts'
import type { Finding } from './finding.ts'

/** What stands between us and the server, as far as it can be seen from an answer that is no stream. */
export interface Gateway {
  /** What calls itself by name in the headers (`nginx/1.22.1`, `1.1 tinyproxy`); an iops server doesn't. */
  readonly names: readonly string[]
  /** Whether an answer that is no stream came at all. */
  readonly answers: boolean
  /** Whether the server is one that beats: its health check answers as ours does. */
  readonly beats: boolean
}

/** An answer that takes longer says nothing, in milliseconds. */
const patience = 5000

/** Asks for something small, which nobody on the way has a reason to hold back. */
export async function findGateway(connection: Connection, { signal }: Pick<Io, 'signal'>): Promise<Gateway> {
  try {
    const response = await connection.fetch(`${connection.baseUrl}/healthz`, { signal, timeout: patience })
    const body = await beginning(response.body)
    const names = ['via', 'server', 'x-powered-by'].flatMap((name) => response.headers.get(name) ?? [])
    return {
      names: [...new Set(names.map(plainWords))],
      answers: true,
      beats: response.status === 200 && /^\s*\{"status":"ok"/.test(body),
    }
  } catch {
    return { names: [], answers: false, beats: false }
  }
}

async function beginning(body: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length >= 1000) break
  }
  return text.slice(0, 1000)
}

export const gatewayFinding = ({ names }: Gateway): Finding => ({
  level: 'ok',
  name: 'gateway',
  message: `the headers name ${names.join(', ')}`,
})

/** Who holds events back, and what to do about it. */
export function bufferingMessage({ names }: Pick<Gateway, 'names'>): string {
  const who = names.length > 0 ? names.join(', ') : 'a proxy on the way'
  return `${who} buffers: events are held back. ${adviceFor(names.join(' ').toLowerCase())}`
}

function adviceFor(names: string): string {
  if (/nginx|openresty|tengine/.test(names))
    return 'For nginx: "proxy_buffering off;" and "gzip off;" in this location, and no proxy_ignore_headers X-Accel-Buffering'
  if (names.includes('apache')) return 'For Apache: "ProxyPass … flushpackets=on", and no mod_deflate for it'
  if (names.includes('varnish')) return 'For Varnish: "set beresp.do_stream = true;"'
  return 'Turn buffering and compression off for text/event-stream there'
}
