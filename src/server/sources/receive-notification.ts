import { ZodError } from 'zod'
import type { Fault, PublishResult } from '../../protocol/answers.ts'
import { badRequest } from '../fault/http-fault.ts'
import { appendInputs } from '../ingest/ingest.ts'
import type { Store } from '../stores/store.ts'
import type { SeverityScale } from './severity-scale.ts'
import type { Mapped, Source } from './source.ts'

/** `notes` says what had to be left out or cut, `refused` which alerts could not be read. */
export interface Received extends PublishResult {
  readonly notes?: readonly string[]
  readonly refused?: readonly Fault[]
}

interface Parts {
  readonly store: Store
  readonly riskOf: SeverityScale
}

/** Bounds the faults that one answer lists. */
const maxFaults = 1000

/**
 * Takes what a source sent; resolves when its alerts are durable. The same body again changes nothing. Throws 400
 * where nothing in it can be read.
 */
export async function receiveNotification(
  { store, riskOf }: Parts,
  name: string,
  source: Source,
  body: unknown,
  now: Date,
): Promise<Received> {
  const { inputs, notes, faults } = read(source, body, riskOf)
  const refused = faults.slice(0, maxFaults)
  if (faults.length > 0 && inputs.length === 0) throw invalid(source, refused)
  const named = inputs.map((input) => ({ ...input, source: name, model_used: name }))
  const result = await appendInputs(store, named, now)
  return { ...result, ...(notes.length > 0 && { notes }), ...(refused.length > 0 && { refused }) }
}

function read(source: Source, body: unknown, riskOf: SeverityScale): Mapped {
  try {
    return source.read(body, riskOf)
  } catch (error) {
    if (!(error instanceof ZodError)) throw error
    const details = error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }))
    throw invalid(source, details)
  }
}

function invalid({ title }: Source, details: readonly { path: string; message: string }[]) {
  const [first] = details
  const where = first === undefined ? '' : `: ${`${first.path} ${first.message}`.trim()}`
  return badRequest('invalid_notification', `This is no ${title}${where}.`, [...details])
}
