import type { Insight } from '../../protocol/insight/insight.ts'
import type { NamedInput } from '../ingest/ingest.ts'

/**
 * What is older than the latest version changes nothing; what is open leaves to people what they decided, and opens
 * again what is resolved if it isn't as old.
 */
export function decideMapped(input: NamedInput, current: Insight | undefined): NamedInput | undefined {
  if (current === undefined) return input
  const { timestamp } = input
  const known = String(current.timestamp)
  if (timestamp !== undefined && timestamp < known) return undefined
  if (input.status !== undefined && input.status !== 'open') return input
  const { status, ...rest } = input
  if (current.status !== 'resolved') return rest
  if (timestamp !== undefined && timestamp === known) return undefined
  return status === 'open' ? input : rest
}
