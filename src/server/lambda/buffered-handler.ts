import { StoredStream } from '../stream/stored-stream.ts'
import { answer, failureResponse } from './answer.ts'
import { type LambdaEnvironment, maxAnswerBytes } from './environment.ts'

/** What API Gateway and function URLs take back, payload 1.0 and 2.0 alike. */
interface BufferedAnswer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly isBase64Encoded: false
}

/** What Lambda takes as an answer, as JSON. */
const maxResultBytes = 6 * 1024 * 1024

/** Answers HTTP events with whole responses. An event stream gives what is stored now, and ends. */
export function createBufferedHandler(environment: LambdaEnvironment) {
  return async (event: unknown): Promise<BufferedAnswer> => {
    const { store, logger, now, metrics } = environment
    const open = () => StoredStream.open(store, { logger, now, maxBytes: maxAnswerBytes })
    try {
      const response = await answer(environment, event, open)
      const result = await bufferedAnswer(response)
      if (Buffer.byteLength(JSON.stringify(result)) <= maxResultBytes) return result
      logger('error', 'an answer is larger than AWS Lambda can send', { bytes: result.body.length })
      return await bufferedAnswer(Response.json(tooLarge, { status: 400, headers: withoutBody(response) }))
    } catch (error) {
      return await bufferedAnswer(failureResponse(environment, error))
    } finally {
      metrics.flush()
    }
  }
}

const tooLarge = {
  error: 'The answer is larger than AWS Lambda can send; ask for less, or filter.',
  code: 'answer_too_large',
}

async function bufferedAnswer(response: Response): Promise<BufferedAnswer> {
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
    isBase64Encoded: false,
  }
}

function withoutBody({ headers }: Response): Headers {
  const kept = new Headers(headers)
  for (const name of ['content-type', 'content-length', 'etag']) kept.delete(name)
  return kept
}
