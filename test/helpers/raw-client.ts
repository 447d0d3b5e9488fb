import { connect, type Socket } from 'node:net'

/** A TCP connection that speaks bytes, for what no HTTP client would send. */
export class RawClient {
  /** Everything that came, as Latin-1. */
  received = ''
  ended = false
  closed = false
  readonly socket: Socket
  #changed: () => void = () => {}

  private constructor(socket: Socket) {
    this.socket = socket
    const note = () => this.#changed()
    socket.on('data', (bytes: Buffer) => {
      this.received += bytes.toString('latin1')
      note()
    })
    socket.on('end', () => {
      this.ended = true
      note()
    })
    socket.on('close', () => {
      this.closed = true
      note()
    })
    socket.on('error', note)
  }

  static async open(url: string): Promise<RawClient> {
    const { hostname, port } = new URL(url)
    const socket = connect({ host: hostname, port: Number(port), noDelay: true, allowHalfOpen: true })
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    return new RawClient(socket)
  }

  send(text: string): void {
    this.socket.write(text, 'latin1')
  }

  /** Sends each byte in a packet of its own. */
  async sendSlowly(text: string): Promise<void> {
    for (const byte of text) {
      await new Promise((resolve) => this.socket.write(byte, 'latin1', resolve))
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  async until(condition: (client: this) => boolean): Promise<void> {
    while (!condition(this)) await new Promise<void>((resolve) => (this.#changed = resolve))
  }

  /** Waits until this has come. */
  async expect(text: string): Promise<void> {
    await this.until(({ received, closed, ended }) => received.includes(text) || closed || ended)
    if (!this.received.includes(text))
      throw new Error(`the link was closed before ${JSON.stringify(text)} came: ${this.received}`)
  }

  close(): void {
    this.socket.destroy()
  }

  [Symbol.dispose](): void {
    this.close()
  }
}
