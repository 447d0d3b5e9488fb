import { Agent, Dispatcher, ProxyAgent } from 'undici'
import { type Proxy, proxyFor } from '../proxy.ts'

export interface DispatcherOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** PEM texts that are trusted instead of the system's. */
  readonly ca: readonly string[] | undefined
  /** How long a TCP or TLS handshake may take, in milliseconds. */
  readonly connectTimeout: number
}

/** Sends each request straight or through the proxy that the environment names for its origin. */
export class EnvDispatcher extends Dispatcher {
  readonly #options: DispatcherOptions
  readonly #agents = new Map<string, Dispatcher>()

  constructor(options: DispatcherOptions) {
    super()
    this.#options = options
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const proxy = proxyFor(new URL(String(options.origin)), this.#options.env)
    return this.#agentOf(proxy).dispatch(options, handler)
  }

  override async close(): Promise<void> {
    await Promise.all([...this.#agents.values()].map((agent) => agent.close()))
  }

  override async destroy(): Promise<void> {
    await Promise.all([...this.#agents.values()].map((agent) => agent.destroy()))
  }

  #agentOf(proxy: Proxy | undefined): Dispatcher {
    const key = proxy?.url ?? ''
    const agent = this.#agents.get(key) ?? this.#createAgent(proxy)
    this.#agents.set(key, agent)
    return agent
  }

  #createAgent(proxy: Proxy | undefined): Dispatcher {
    const { ca, connectTimeout: timeout } = this.#options
    const tls = { ...(ca && { ca: [...ca] }), timeout }
    // The feed and the api watch over their own time.
    const common = { headersTimeout: 0, bodyTimeout: 0, allowH2: false }
    if (proxy === undefined) return new Agent({ ...common, connect: tls })
    return new ProxyAgent({ ...common, uri: proxy.url, requestTls: tls, proxyTls: tls })
  }
}
