import type { StatusChange } from '../../protocol/status-change.ts'
import type { Insight, KeptName } from '../../protocol/insight/insight.ts'

/** What people decided about an alert, absent fields as undefined. */
export type Triage = Required<Pick<Insight, KeptName>>

/**
 * The triage of an alert after a decision at the time `at`. The status that it has already changes
 * nothing, except that another person may take an acknowledged alert over. A note stays until another
 * one takes its place; an empty one takes it away. `acknowledged_until: null` is for ever.
 */
export function triageAfter(
  current: Insight | undefined,
  { status, by, note = current?.note, acknowledged_until: until }: StatusChange,
  at: string,
): Triage {
  const { acknowledged_by, acknowledged_at, acknowledged_until, resolved_at } = current ?? {}
  const isSame = current?.status === status
  const open: Triage = {
    status,
    acknowledged_by: undefined,
    acknowledged_at: undefined,
    acknowledged_until: undefined,
    resolved_at: undefined,
    note: note === '' ? undefined : note,
  }
  switch (status) {
    case 'open':
      return open
    case 'acknowledged': {
      const isOwn = isSame && (by === undefined || by === acknowledged_by)
      const before = isOwn ? acknowledged_until : undefined
      return {
        ...open,
        acknowledged_by: isOwn ? acknowledged_by : by,
        acknowledged_at: isOwn ? acknowledged_at : at,
        acknowledged_until: until === undefined ? before : (until ?? undefined),
      }
    }
    case 'resolved':
      if (isSame) return { ...open, acknowledged_by, acknowledged_at, acknowledged_until, resolved_at }
      return {
        ...open,
        acknowledged_by: acknowledged_by ?? by,
        acknowledged_at: acknowledged_at ?? (by === undefined ? undefined : at),
        resolved_at: at,
      }
    default:
      return status satisfies never
  }
}
