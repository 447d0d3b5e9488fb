import { Failure } from '../../program/failure.ts'
import type { HttpHeaders } from '../http/http-answer.ts'
import { plainWords } from '../../text/one-line.ts'
import { AnswerFault, type AnswerReader } from './readers.ts'

/** What a server answered to one call. */
export interface ApiAnswer {
  readonly url: string
  readonly status: number
  readonly headers: HttpHeaders
  /** Where the answer came from in the end, when that is another URL. */
  readonly redirectedTo: string | undefined
  /** Undefined where the body is no JSON. */
  readonly json: unknown
}

/** Holds an answer against what it should be. */
export function parseAnswer<T>(reader: AnswerReader<T>, { url, json }: ApiAnswer): T {
  try {
    return reader(json)
  } catch (error) {
    if (!(error instanceof AnswerFault)) throw error
    const fault = plainWords(error.message)
    throw new Failure('failed', `${url} does not answer as an iops server does (${fault})`, {
      hint: 'Is the URL right?',
      cause: error,
    })
  }
}
