import type { UnreadableItem } from '../../client/api/api.ts'
import type { Io } from '../../program/io.ts'
import { sanitize } from '../../text/sanitize.ts'

const maxNamed = 5

/** Names on stderr what could not be read as an insight, each once; beyond a few, only how many. */
export function reportUnreadable(items: readonly UnreadableItem[], { stderr }: Pick<Io, 'stderr'>): void {
  for (const { value, fault } of items.slice(0, maxNamed))
    stderr.write(`iops: ${nameOf(value)} can't be read as an insight (${sanitize(fault)})\n`)
  const more = items.length - maxNamed
  if (more > 0) stderr.write(`iops: ${more} more can't be read as insights\n`)
}

function nameOf(value: unknown): string {
  const id = typeof value === 'object' && value !== null && 'alert_id' in value ? value.alert_id : undefined
  if (typeof id === 'string' && id !== '') return `the alert ${sanitize(id)}`
  const text = JSON.stringify(value) ?? ''
  return `an item of the answer, ${sanitize(text.length > 60 ? `${text.slice(0, 60)}…` : text)},`
}
