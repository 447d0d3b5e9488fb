import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface ChaosProxy extends AsyncDisposable {
  readonly url: string
  /** Links that were ended by force so far, and of these how many by falling silent first. */
  readonly cuts: number
  readonly swallowed: number
  /** From here on every link is left alone. */
  calm(): void
}

export interface ChaosOptions {
  readonly port: number
  readonly random: () => number
  /** The mean life of a link, in milliseconds. */
  readonly life: number
  /** The share of links that swallow everything at the end of their life, without a FIN; 0–1. */
  readonly silent: number
}

/**
 * A TCP proxy that breaks every link it carries, by chance: it cuts in the middle of a frame, by FIN or
 * by RST, holds bytes back, cuts them in pieces, or swallows everything from some moment on while the
 * link stays open. The bytes that it does pass are passed in order.
 */
export async function startChaosProxy({ port, random, life, silent }: ChaosOptions): Promise<ChaosProxy> {
  const links = new Set<Socket>()
  let wild = true
  let cuts = 0
  let swallowed = 0

  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    let swallows = false
    let passing = Promise.resolve()
    const pass = async (chunk: Buffer) => {
      if (swallows || client.destroyed) return
      if (wild && random() < 0.2) await new Promise((resolve) => setTimeout(resolve, random() * 10))
      client.write(chunk)
    }
    client.on('data', (chunk: Buffer) => upstream.write(chunk))
    upstream.on('data', (chunk: Buffer) => {
      for (const piece of pieces(chunk, random)) passing = passing.then(() => pass(piece))
    })
    const end = () => {
      client.destroy()
      upstream.destroy()
    }
    const doom = setTimeout(
      () => {
        if (!wild) return
        cuts++
        if (random() < silent) {
          swallows = true
          swallowed++
        } else if (random() < 0.5) client.resetAndDestroy()
        else client.destroy()
      },
      -life * Math.log(1 - random()),
    )
    links.add(client)
    client
      .on('error', () => {})
      .on('close', () => {
        clearTimeout(doom)
        links.delete(client)
        upstream.destroy()
      })
    upstream.on('error', end).on('close', end)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get cuts() {
      return cuts
    },
    get swallowed() {
      return swallowed
    },
    calm: () => void (wild = false),
    async [Symbol.asyncDispose]() {
      for (const link of links) link.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Where a link is cut between two pieces, a frame is cut in its middle. */
function* pieces(chunk: Buffer, random: () => number): Generator<Buffer> {
  for (let at = 0; at < chunk.length;) {
    const next = random() < 0.5 ? chunk.length : at + 1 + Math.floor(random() * chunk.length)
    yield chunk.subarray(at, next)
    at = next
  }
}
