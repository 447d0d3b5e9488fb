import type { Headers } from 'undici'
import type { z } from 'zod'
import { Failure } from '../../program/failure.ts'
import { plainWords } from '../../text/one-line.ts'

/** What a server answered to one call. */
export interface ApiAnswer {
  readonly url: string
  readonly status: number
  readonly headers: Headers
  /** Where the answer came from in the end, when that is another URL. */
  readonly redirectedTo: string | undefined
  /** Undefined where the body is no JSON. */
  readonly json: unknown
}

/** Holds an answer against what it should be. */
export function parseAnswer<T>(schema: z.ZodType<T>, { url, json }: ApiAnswer): T {
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue && issue.path.length > 0 ? ` at ${plainWords(issue.path.join('.'))}` : ''
  throw new Failure(
    'failed',
    `${url} does not answer as an iops server does (${issue?.message ?? ''}${where})`,
    { hint: 'Is the URL right?' },
  )
}
