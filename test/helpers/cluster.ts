import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { credentials } from './dynamo.ts'

const program = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))

/** One `iops serve` process, which may be killed and started again at another port. */
export class ServerProcess {
  url = ''
  readonly output: string[] = []
  #child: ChildProcess | undefined
  readonly #store: string

  constructor(store: string) {
    this.#store = store
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [program, 'serve', '--port', '0', '--store', this.#store], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...credentials },
    })
    this.#child = child
    for await (const line of createInterface(child.stderr)) {
      this.output.push(line)
      const [url] = /http:\/\/\S+/.exec(/listening on (\S+)/.exec(line)?.[1] ?? '') ?? []
      if (url === undefined) continue
      this.url = url
      child.stderr.resume()
      return
    }
    throw new Error(`the server ended:\n${this.output.join('\n')}`)
  }

  /** Stops it where it is (SIGSTOP), until `resume`. */
  pause(): void {
    this.#child?.kill('SIGSTOP')
  }

  resume(): void {
    this.#child?.kill('SIGCONT')
  }

  async kill(): Promise<void> {
    const child = this.#child
    this.url = ''
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
}

export interface Received {
  readonly id: string
  readonly json: string
}

/** Reads the stream, and goes to another server at every reconnect, with its last event id. */
export class WanderingReader {
  readonly received: Received[] = []
  readonly resets: string[] = []
  connections = 0
  #lastEventId: string
  readonly #servers: readonly ServerProcess[]
  readonly #stopped = new AbortController()
  #at: number
  readonly #running: Promise<void>

  constructor(servers: readonly ServerProcess[], lastEventId: string, at: number) {
    this.#servers = servers
    this.#lastEventId = lastEventId
    this.#at = at
    this.#running = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      this.#at++
      const server = this.#servers[this.#at % this.#servers.length]
      // It stays a while, so that some cuts fall into a replay and some into the live stream.
      const leave = AbortSignal.any([
        AbortSignal.timeout(300 + Math.ceil(Math.random() * 3000)),
        this.#stopped.signal,
      ])
      if (server?.url) await this.#read(server.url, leave)
      else await sleep(50)
    }
  }

  #read(url: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const headers = { 'last-event-id': this.#lastEventId }
      const request = get(`${url}/stream`, { headers, agent: false }, (response) => {
        this.connections++
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text += chunk
          for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
            this.#take(text.slice(0, end))
            text = text.slice(end + 2)
          }
        })
        response.on('close', () => resolve())
        response.on('error', () => resolve())
      })
      request.on('error', () => resolve())
      signal.addEventListener('abort', () => {
        request.destroy()
        resolve()
      })
    })
  }

  #take(block: string): void {
    const fields = new Map(
      block.split('\n').map((line): [string, string] => {
        const colon = line.indexOf(': ')
        return [line.slice(0, colon), line.slice(colon + 2)]
      }),
    )
    const id = fields.get('id')
    const event = fields.get('event')
    if (event === 'reset') this.resets.push(fields.get('data') ?? '')
    if (id !== undefined) this.#lastEventId = id
    const json = fields.get('data')
    if (id !== undefined && event === undefined && json !== undefined) this.received.push({ id, json })
  }
}
