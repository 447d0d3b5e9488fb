import { createHash } from 'node:crypto'
import { hasControls } from '../../../protocol/insight/checks.ts'

/** The key of an event; one without gets that of its content, so that a retry is no second alert. */
export function dedupKeyOf(event: { readonly dedup_key?: string | null | undefined }): string {
  return event.dedup_key || hashOf(JSON.stringify(event))
}

const prefix = 'pd-'

/** The alert of a key. */
export function alertIdOf(key: string): string {
  return `${prefix}${key.length + prefix.length > 256 || hasControls(key) ? hashOf(key) : key}`
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32)
