import type { Insight } from '../../protocol/insight/insight.ts'
import type { Status } from '../../protocol/status.ts'

/** What people decided about an alert, absent fields as undefined. */
export type Triage = Required<Pick<Insight, 'status' | 'acknowledged_by' | 'acknowledged_at' | 'resolved_at'>>

interface Decision {
  readonly status: Status
  /** Who decided. */
  readonly by?: string | undefined
}

/**
 * The triage of an alert after a decision at the time `at`. The status that it has already changes
 * nothing, except that another person may take an acknowledged alert over.
 */
export function triageAfter(current: Insight | undefined, { status, by }: Decision, at: string): Triage {
  const { acknowledged_by, acknowledged_at, resolved_at } = current ?? {}
  const isSame = current?.status === status
  switch (status) {
    case 'open':
      return { status, acknowledged_by: undefined, acknowledged_at: undefined, resolved_at: undefined }
    case 'acknowledged':
      return isSame && (by === undefined || by === acknowledged_by)
        ? { status, acknowledged_by, acknowledged_at, resolved_at: undefined }
        : { status, acknowledged_by: by, acknowledged_at: at, resolved_at: undefined }
    case 'resolved':
      if (isSame) return { status, acknowledged_by, acknowledged_at, resolved_at }
      return {
        status,
        acknowledged_by: acknowledged_by ?? by,
        acknowledged_at: acknowledged_at ?? (by === undefined ? undefined : at),
        resolved_at: at,
      }
  }
}
