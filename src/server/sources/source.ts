import type { z } from 'zod'
import type { NamedInput } from '../ingest/ingest.ts'
import type { SeverityScale } from './severity-scale.ts'

/** What a source makes of an alert of its own: all but who sent it, which its name says. */
export type SourceInput = Omit<NamedInput, 'source' | 'model_used'>

/** The insights of one body. */
export interface Mapped {
  readonly inputs: readonly SourceInput[]
  /** What had to be left out or cut, in words. */
  readonly notes: readonly string[]
}

/** A system that posts alerts in a form of its own. */
export interface Source {
  /** What one body is, in words. */
  readonly title: string
  readonly maxBodyBytes: number
  /** Reads a body's JSON. Throws a ZodError where it has another form. */
  read(body: unknown, riskOf: SeverityScale): Mapped
}

interface SourceDefinition<Body> extends Omit<Source, 'read'> {
  readonly schema: z.ZodType<Body>
  /** Pure. */
  map(body: Body, riskOf: SeverityScale): Mapped
}

export function defineSource<Body>({ title, maxBodyBytes, ...definition }: SourceDefinition<Body>): Source {
  return {
    title,
    maxBodyBytes,
    read: (body, riskOf) => definition.map(definition.schema.parse(body), riskOf),
  }
}
