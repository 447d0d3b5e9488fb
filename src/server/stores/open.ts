import { Failure } from '../../program/failure.ts'
import type { Logger } from '../telemetry/logger.ts'
import { journalDirectory } from './journal-directory.ts'
import type { Store } from './store.ts'

export interface OpenOptions {
  readonly logger: Logger
  /** What the journal keeps; everything by default. */
  readonly retention?: { readonly maxAgeMs?: number | undefined; readonly maxInsights?: number | undefined }
  /** Sets damaged lines of the journal aside instead of refusing to open it. */
  readonly repair?: boolean
  /** Counts what an operator wants to see of a store that is reached over a network. */
  readonly count?: (event: string, by?: number) => void
  /** Is told what it consumed there, by operation. */
  readonly spend?: (operation: string, units: number) => void
}

/**
 * Opens the store that an address names: a directory or `file:DIR` is a journal, `dynamodb://…` a
 * table. Loads nothing of the other store. Throws a {@link Failure} that says how to go on.
 */
export async function openStore(address: string, options: OpenOptions): Promise<Store> {
  const [, scheme] = /^([a-z][a-z0-9+.-]+):/i.exec(address) ?? []
  if (scheme === undefined || scheme.toLowerCase() === 'file') {
    const { openJournal } = await import('./journal/journal.ts')
    return openJournal(journalDirectory(address), options)
  }
  if (scheme.toLowerCase() === 'dynamodb') {
    if (
      options.retention?.maxAgeMs !== undefined ||
      options.retention?.maxInsights !== undefined ||
      options.repair
    )
      throw new Failure(
        'usage',
        'a DynamoDB table keeps what its ttl says: retention and repair are for a journal',
      )
    const { openDynamo } = await import('./dynamo/dynamo.ts')
    const { logger, count, spend } = options
    return openDynamo(address, { logger, ...(count && { count }), ...(spend && { spend }) })
  }
  throw new Failure('usage', `there is no store "${scheme}:"`, {
    hint: 'use a directory, file:DIR or dynamodb://TABLE',
  })
}
