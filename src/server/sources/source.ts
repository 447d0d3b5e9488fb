import type { z } from 'zod'
import type { Fault, PublishResult } from '../../protocol/answers.ts'
import type { HttpFault } from '../fault/http-fault.ts'
import type { NamedInput } from '../ingest/ingest.ts'
import type { SnsTopics } from './cloudwatch/sns-topics.ts'
import type { SeverityScale } from './severity-scale.ts'

/** What a source makes of an alert of its own: all but who sent it, which its name says. */
export type SourceInput = Omit<NamedInput, 'source' | 'model_used'>

/** The insights of one body. */
export interface Mapped {
  readonly inputs: readonly SourceInput[]
  /** What had to be left out or cut, in words. */
  readonly notes: readonly string[]
  /** The alerts that can't be read, by their index in the body; the others are taken. */
  readonly faults: readonly Fault[]
}

/** What a source that says in its own way who sends may ask the server for. */
interface SenderContext {
  /** Throws 401 unless this is the server's token, or the request carried that in its header. */
  readonly admit: (token: string | undefined) => void
  readonly topics: SnsTopics
  readonly now: Date
}

/** A system that posts alerts in a form of its own. */
export interface Source {
  /** What one body is, in words. */
  readonly title: string
  /** `/integrations/NAME` by default. */
  readonly path?: string
  readonly maxBodyBytes: number
  /** Whether its JSON comes as `text/plain`. False by default. */
  readonly takesPlainText?: boolean
  /**
   * Checks who sends, where that is not by the server's token in a header. Throws an {@link HttpFault}. What it
   * gives is the answer to a body that holds no alert.
   */
  verify?(body: unknown, context: SenderContext): Promise<object | undefined>
  /** Reads a body's JSON. Throws a ZodError where it has another form. */
  read(body: unknown, riskOf: SeverityScale): Mapped
  /** The answer of status 202 that its senders expect; the server's own by default. */
  accepted?(body: unknown, result: PublishResult): object
  /** What its senders expect in an error, beside the server's own fields. */
  refused?(fault: HttpFault): object
}

interface WebhookDefinition<Body> extends Omit<Source, 'read'> {
  readonly schema: z.ZodType<Body>
  /** Pure. */
  readonly map: (body: Body, riskOf: SeverityScale) => Mapped
}

export function defineSource<Body>({ schema, map, ...source }: WebhookDefinition<Body>): Source {
  return { ...source, read: (body, riskOf) => map(schema.parse(body), riskOf) }
}
