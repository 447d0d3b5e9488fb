import type { UnreadableNotices } from '../../client/unreadable-notices.ts'
import type { Io } from '../../program/io.ts'
import type { Insight } from '../../protocol/insight/insight.ts'
import { sanitize } from '../../text/sanitize.ts'

/** Says on stderr which values of an insight can't be read, unless that was said. */
export function nameUnreadable(insight: Insight, notices: UnreadableNotices, io: Io): void {
  const notice = notices.noticeOf(insight)
  if (notice !== undefined) io.stderr.write(`iops: ${sanitize(notice)}\n`)
}
