import { encodeInsight } from '../../protocol/insight/encode.ts'
import { fieldText } from '../../protocol/insight/unreadable.ts'
import { jsonStringBytes } from '../../protocol/json-string-bytes.ts'
import type { Page } from '../stores/store.ts'

/** As many of the first items as fit, at least one; the next page begins after them. */
export function cutPage(page: Page, maxBytes: number): Page {
  let bytes = 0
  // And the comma after it.
  const end = page.items.findIndex((item) => (bytes += jsonStringBytes(encodeInsight(item)) + 1) > maxBytes)
  const count = Math.max(1, end)
  const last = page.items[count - 1]
  if (end < 0 || !last || count === page.items.length) return page
  const next = { timestamp: fieldText(last.timestamp), alertId: last.alert_id }
  return { ...page, items: page.items.slice(0, count), next }
}
