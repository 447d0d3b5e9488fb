import { ZodError } from 'zod'
import type { PublishResult } from '../../protocol/api.ts'
import { badRequest } from '../http/http-fault.ts'
import { appendInputs } from '../ingest/ingest.ts'
import { readJsonBody } from '../ingest/read-batch.ts'
import type { Store } from '../stores/store.ts'
import type { SeverityScale } from './severity-scale.ts'
import type { Mapped } from './source.ts'
import { type SourceName, sources } from './sources.ts'

/** `notes` says what had to be left out or cut. */
export interface Received extends PublishResult {
  readonly notes?: readonly string[]
}

interface Parts {
  readonly store: Store
  readonly riskOf: SeverityScale
}

/** Takes what a source sent; resolves when its alerts are durable. The same body again changes nothing. */
export async function receiveNotification(
  { store, riskOf }: Parts,
  name: SourceName,
  body: Uint8Array,
  contentType: string | undefined,
  now: Date,
): Promise<Received> {
  const { inputs, notes } = read(name, readJsonBody(body, contentType), riskOf)
  const named = inputs.map((input) => ({ ...input, source: name, model_used: name }))
  const result = await appendInputs(store, named, now)
  return notes.length > 0 ? { ...result, notes } : result
}

function read(name: SourceName, value: unknown, riskOf: SeverityScale): Mapped {
  try {
    return sources[name].read(value, riskOf)
  } catch (error) {
    if (!(error instanceof ZodError)) throw error
    const details = error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }))
    throw badRequest('invalid_notification', `This is no ${sources[name].title}.`, details)
  }
}
