import { fieldList } from '../../../protocol/insight/fields.ts'
import type { Insight } from '../../../protocol/insight/insight.ts'
import type { Status } from '../../../protocol/status.ts'
import type { NamedInput } from '../../ingest/ingest.ts'

const contentNames = fieldList.filter(({ kept }) => !kept).map(({ name }) => name)

/**
 * A trigger opens again what is resolved, as PagerDuty does, unless its own timestamp says that it is the one that
 * was resolved, or an older one. The alert of a resolve or an
 * acknowledge that came first takes over what its trigger says.
 */
export function decideTrigger(input: NamedInput, current: Insight | undefined): NamedInput | undefined {
  if (current === undefined) return input
  if (current.status !== 'resolved') return isPlaceholder(current) ? filledIn(input, current) : input
  const isLate = input.timestamp !== undefined && input.timestamp <= String(current.timestamp)
  if (!isLate) return { ...input, status: 'open' }
  return isPlaceholder(current) ? filledIn(input, current) : undefined
}

/** Acknowledging or resolving an alert changes nothing but its status, and nothing of what is resolved. */
export function decideChange(input: NamedInput, current: Insight | undefined): NamedInput | undefined {
  if (current === undefined) return input
  if (current.status === 'resolved' || current.status === input.status) return undefined
  const content: Record<string, unknown> = Object.fromEntries(
    contentNames.map((name) => [name, current[name]]),
  )
  return { ...(content as NamedInput), status: input.status }
}

/** Keeps the status, which a higher severity than the unknown one would change. */
const filledIn = (input: NamedInput, { status }: Insight): NamedInput => ({
  ...input,
  status: status as Status,
})

/** What a resolve or an acknowledge without a trigger has made: it says nothing but its key. */
const isPlaceholder = ({ explanation, confidence }: Insight) => explanation === '' && confidence === 0
