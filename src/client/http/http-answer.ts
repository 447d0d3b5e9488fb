/** One request; `body` is text, so that it can be sent twice. */
export interface HttpRequest {
  /** `GET` by default. */
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | undefined
  readonly signal?: AbortSignal | undefined
}

/** What every kind of request answers with, a subset of fetch's `Response`. */
export interface HttpAnswer {
  readonly status: number
  readonly statusText: string
  /** Where it came from in the end. */
  readonly url: string
  readonly redirected: boolean
  readonly headers: HttpHeaders
  /** The decoded body. Leaving it early cuts the connection; it throws what cut it. */
  readonly body: AsyncIterable<Uint8Array>
  /** Lets go of a body that nobody reads to its end. */
  cancel(): void
}

export interface HttpHeaders {
  /** Null where there is none. */
  get(name: string): string | null
}
