import { fetch } from 'undici'
import { type DispatcherOptions, EnvDispatcher } from './env-dispatcher.ts'
import type { HttpAnswer, HttpRequest } from './http-answer.ts'

/** Requests through the proxy that the environment names for each origin; follows redirects. */
export class ProxiedClient {
  readonly #dispatcher: EnvDispatcher

  constructor(options: DispatcherOptions) {
    this.#dispatcher = new EnvDispatcher(options)
  }

  async send(url: URL, { method, headers, body, signal }: HttpRequest): Promise<HttpAnswer> {
    const response = await fetch(url, {
      ...(method !== undefined && { method }),
      ...(headers && { headers }),
      ...(body !== undefined && { body }),
      ...(signal && { signal }),
      dispatcher: this.#dispatcher,
    })
    const { status, statusText, redirected } = response
    return {
      status,
      statusText,
      url: response.url,
      redirected,
      headers: response.headers,
      body: (response.body ?? noBody()) as AsyncIterable<Uint8Array>,
      // One that is being read can't be cancelled: its reader leaves it.
      cancel: () => void response.body?.cancel().catch(() => {}),
    }
  }

  close(): Promise<void> {
    return this.#dispatcher.destroy()
  }
}

async function* noBody(): AsyncGenerator<Uint8Array> {}
