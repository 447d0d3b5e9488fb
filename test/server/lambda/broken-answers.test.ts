import { PassThrough } from 'node:stream'
import { Hono } from 'hono'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { LambdaEnvironment } from '../../../src/server/lambda/environment.ts'
import { openEnvironment } from '../../../src/server/lambda/environment.ts'
import type { ResponseStream } from '../../../src/server/lambda/runtime.ts'
import { createStreamingHandler } from '../../../src/server/lambda/streaming-handler.ts'
import { createTables, type Emulator, startDynoxide } from '../../helpers/dynamo.ts'
import { httpEvent } from '../../helpers/lambda/events.ts'

let emulator: Emulator
let environment: LambdaEnvironment
const preludes: { statusCode: number }[] = []
beforeEach(async () => {
  emulator = await startDynoxide()
  const { url } = await createTables(emulator)
  environment = await openEnvironment({ IOPS_STORE: url() }, { output: new PassThrough().resume() })
  preludes.length = 0
  Object.assign(globalThis, {
    awslambda: {
      HttpResponseStream: {
        from(out: ResponseStream, prelude: { statusCode: number }) {
          preludes.push(prelude)
          return out
        },
      },
    },
  })
})
afterEach(async () => {
  Reflect.deleteProperty(globalThis, 'awslambda')
  await environment.store.close()
  await emulator.stop()
})

const context = { getRemainingTimeInMillis: () => 30_000 }

/** An app whose every answer breaks off after its first bytes. */
const breaking = () =>
  new Hono().all('*', () => {
    const pieces = (async function* () {
      yield new TextEncoder().encode('first')
      throw new Error('broken')
    })()
    return new Response(ReadableStream.from(pieces) as never)
  })

function collect() {
  const out = new PassThrough()
  let text = ''
  out.setEncoding('utf8').on('data', (piece: string) => (text += piece))
  return { out, text: () => text }
}

test('an event stream that fails after its first byte ends, to be taken up again', async () => {
  const broken = {
    ...environment,
    appOver(source: Parameters<LambdaEnvironment['appOver']>[0]) {
      // As a stream that was opened.
      source.attach(new PassThrough().resume(), 'plain', {
        text: '',
        epoch: source.epoch,
        position: source.position,
        limit: 0,
        filter: undefined,
      })
      return breaking()
    },
  }
  const { out, text } = collect()
  await createStreamingHandler(broken)(httpEvent('/stream'), out, context)
  expect([preludes[0]?.statusCode, text(), out.writableEnded]).toEqual([200, 'first', true])
})

test('another answer that fails after its first byte fails the invocation', async () => {
  const { out } = collect()
  const handler = createStreamingHandler({ ...environment, app: breaking() })
  await expect(handler(httpEvent('/insights/recent'), out, context)).rejects.toThrow('broken')
})

test('a failure before the first byte is a 500', async () => {
  const app = new Hono().onError((error) => {
    throw error
  })
  app.all('*', () => {
    throw new Error('broken')
  })
  const { out, text } = collect()
  await createStreamingHandler({ ...environment, app })(httpEvent('/insights/recent'), out, context)
  expect(preludes[0]?.statusCode).toBe(500)
  expect(text()).toContain('internal_error')
})

test('ends although nobody reads', async () => {
  // Takes nothing.
  const out = new PassThrough({ highWaterMark: 1 })
  const short = { getRemainingTimeInMillis: () => 2000 }
  await createStreamingHandler(environment)(httpEvent('/stream'), out, short)
  expect(out.writableEnded).toBe(true)
  out.destroy()
})
