import { createBufferedHandler } from './lambda/buffered-handler.ts'
import { openEnvironment } from './lambda/environment.ts'
import { createRelayHandler } from './lambda/relay-handler.ts'
import { streamify } from './lambda/runtime.ts'
import { createStreamingHandler } from './lambda/streaming-handler.ts'

// A wrong setting ends the start with words, before anybody is answered.
const environment = await openEnvironment(process.env, { output: process.stdout })

/** The whole API with buffered answers: behind a REST or an HTTP API, or a function URL. */
export const handler = createBufferedHandler(environment)

/** The whole API with streamed answers: behind a REST API's streaming integration, or a function URL that streams. */
export const stream = streamify(createStreamingHandler(environment))

/** Gets the insight table's own stream, and a schedule: brings into the log what others put into the table. */
export const relay = createRelayHandler(environment)
