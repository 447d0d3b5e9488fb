import { Failure } from '../../program/failure.ts'

/**
 * The path of one insight, whatever its id contains. Throws a {@link Failure} for the few ids that no URL
 * can carry: `.` and `..` are steps in a path however they are written, and half a surrogate pair is no text.
 */
export function insightPath(alertId: string): string {
  if (alertId === '') throw new Failure('failed', 'an alert_id is empty')
  if (alertId === '.' || alertId === '..' || !alertId.isWellFormed())
    throw new Failure('failed', `no URL can carry the alert_id ${JSON.stringify(alertId)}`)
  return `/insights/${encodeURIComponent(alertId)}`
}
