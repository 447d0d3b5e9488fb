import { Hub } from '../stream/hub.ts'
import type { StreamSource } from '../stream/stream-source.ts'
import { answer, failureResponse } from './answer.ts'
import type { LambdaEnvironment } from './environment.ts'
import { type Context, type ResponseStream, runtime, type StreamingHandler } from './runtime.ts'

/** What a stream leaves of the invocation's time for its own end, in ms. */
const endingMs = 1500
/** How long a reader that takes nothing is waited for at the end, in ms. */
const graceMs = 1000

/**
 * Answers HTTP events piece by piece. An event stream is live, and ends before the invocation would be ended, or
 * after the time that the settings give it: nobody tells a function that its client has left. Clients come back
 * after `retry` with their last event id. Nothing runs on once an answer is complete.
 */
export function createStreamingHandler(environment: LambdaEnvironment): StreamingHandler {
  return async (event, out, context) => {
    const stream = new LiveStream(environment, context)
    let response: Response
    try {
      response = await answer(environment, event, () => stream.open())
    } catch (error) {
      response = failureResponse(environment, error)
    }
    try {
      await send(response, out, stream.over)
    } catch (error) {
      environment.logger('error', 'an answer ended early', { error: String(error) })
      // An event stream that ends is taken up again where it was; half a JSON text must not look like a whole one.
      if (!stream.isOpen) throw error
      if (!out.writableEnded) out.end()
    } finally {
      await stream.close()
      environment.metrics.flush()
    }
  }
}

/** The hub of one invocation, and when it has to end. */
class LiveStream {
  /** Aborts when nobody is waited for any more. */
  readonly over: AbortSignal
  readonly #environment: LambdaEnvironment
  readonly #context: Context
  readonly #over = new AbortController()
  #hub: Hub | undefined
  #ending: NodeJS.Timeout | undefined
  #giveUp: NodeJS.Timeout | undefined

  constructor(environment: LambdaEnvironment, context: Context) {
    this.#environment = environment
    this.#context = context
    this.over = this.#over.signal
  }

  get isOpen(): boolean {
    return this.#hub !== undefined
  }

  async open(): Promise<StreamSource> {
    const { store, logger, now } = this.#environment
    // One stream needs no memory of what others may have missed.
    const hub = await Hub.start({ store, logger, now, ring: { frames: 0, bytes: 0 } })
    this.#hub = hub
    return {
      store,
      epoch: hub.epoch,
      position: hub.position,
      stats: hub.stats,
      attach: (out, framing, opening) => {
        hub.attach(out, framing, opening)
        const left = this.#context.getRemainingTimeInMillis() - endingMs
        const lasting = Math.min(this.#environment.settings.streamMs, Math.max(0, left))
        this.#ending = setTimeout(() => void this.#end(), lasting)
      },
    }
  }

  async #end(): Promise<void> {
    this.#giveUp = setTimeout(() => this.#over.abort(), graceMs)
    await this.#hub?.close()
  }

  async close(): Promise<void> {
    clearTimeout(this.#ending)
    await this.#hub?.close()
    clearTimeout(this.#giveUp)
    if (this.#hub) this.#environment.metrics.add('Deliveries', this.#hub.stats.delivered)
  }
}

async function send(response: Response, out: ResponseStream, over: AbortSignal): Promise<void> {
  const body = runtime().HttpResponseStream.from(out, {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
  })
  let failure: Error | undefined
  out.on('error', (error: Error) => (failure = error))
  body.write('')
  if (response.body)
    for await (const piece of response.body) {
      if (failure) throw failure
      if (!body.write(piece)) await drained(out, over)
      if (over.aborted) break
    }
  await ended(body, over)
  if (failure) throw failure
}

/** Resolves when more can be written, or nobody waits any more. */
function drained(out: ResponseStream, over: AbortSignal): Promise<void> {
  return settled(out, ['drain', 'close', 'error'], over)
}

async function ended(out: ResponseStream, over: AbortSignal): Promise<void> {
  const finished = settled(out, ['finish', 'close', 'error'], over)
  out.end()
  await finished
}

function settled(out: ResponseStream, events: readonly string[], over: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      for (const event of events) out.off(event, done)
      over.removeEventListener('abort', done)
      resolve()
    }
    for (const event of events) out.on(event, done)
    if (over.aborted) done()
    else over.addEventListener('abort', done)
  })
}
