import { limits } from '../../protocol/insight/limits.ts'
import { ingest } from '../ingest/ingest.ts'
import { exposedFields, type FieldOf } from './access/access-policy.ts'
import { asHttpFault, internalError } from '../fault/http-fault.ts'
import { checkParameters } from './query.ts'
import { checkBodyHead } from './request-body.ts'
import type { Services } from './services.ts'

/** A `POST /insights`, whatever it came on. */
interface InsightPost {
  /** Where it was sent to, such as `http://localhost:4677`, when that is known without the Host field. */
  readonly target?: string
  readonly field: FieldOf
  /** Its query, where there may be one. */
  readonly query?: URLSearchParams
  /** The body, at most so many bytes; asked for once the caller is let in. Rejects with what is to be answered. */
  readonly body: (maxBytes: number) => Uint8Array | Promise<Uint8Array>
}

/** What goes back for one request; `body` is JSON. */
interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Answers one post; never rejects. */
export type Receiver = (post: InsightPost) => Promise<Answer>

/** The one way in: takes insights and says what came of them, on a socket, under Node and in the app. */
export function createReceiver({ store, access, metrics, now, logger }: Services): Receiver {
  const jsonFields = (origin: string | undefined): Answer['headers'] => ({
    'content-type': 'application/json',
    ...exposedFields,
    ...access.corsFields(origin),
  })
  // One object for nearly all answers, whose text is made once.
  const fieldsWithoutOrigin = jsonFields(undefined)

  async function receive(post: InsightPost, fields: Answer['headers']): Promise<Answer> {
    const { field } = post
    try {
      access.admit({ ...post, method: 'POST', path: '/insights' })
      if (post.query) checkParameters(post.query, [])
      checkBodyHead(field, limits.bodyBytes)
      const body = await post.body(limits.bodyBytes)
      const result = await ingest(store, body, field('content-type'), now())
      metrics.ingested(result)
      return { status: 201, headers: fields, body: JSON.stringify(result) }
    } catch (error) {
      const fault = asHttpFault(error)
      if (!fault)
        logger('error', 'a request failed', { error: error instanceof Error ? error.stack : String(error) })
      const { status, body, headers } = fault ?? internalError()
      return { status, headers: { ...fields, ...headers }, body: JSON.stringify(body) }
    }
  }

  return async (post) => {
    const origin = post.field('origin')
    const answer = await receive(post, origin === undefined ? fieldsWithoutOrigin : jsonFields(origin))
    metrics.answered('POST', '/insights', answer.status)
    return answer
  }
}
