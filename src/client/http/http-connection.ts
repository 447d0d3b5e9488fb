import type { Endpoint } from '../endpoint.ts'
import type { NetworkFault } from '../network-fault.ts'
import type { Proxy } from '../proxy.ts'
import type { HttpAnswer, HttpRequest } from './http-answer.ts'

export interface TimedRequest extends HttpRequest {
  /**
   * Milliseconds for one try, its body included; without it there is no bound. Reading the token again
   * is not counted.
   */
  readonly timeout?: number
}

/** The way to one server: its addresses, and a fetch that knows the token. */
export interface HttpConnection extends Endpoint {
  /** The proxy that is asked for it. */
  readonly proxy: Proxy | undefined
  /** Follows redirects. Throws what the network does. */
  fetch(url: string | URL, request?: TimedRequest): Promise<HttpAnswer>
  /** Says why no answer came, from what `fetch` or a body threw. */
  readonly explain: (error: unknown) => NetworkFault
  /** In a browser: headers that need the server's leave are left out, and a position goes into the URL. Default: false. */
  readonly isPage?: boolean
  /** Cuts whatever is under way. */
  close(): Promise<void>
}
