import type { DurableLog } from '../index/durable-log.ts'
import { compareKeys, type Latest } from '../index/latest.ts'

const minPage = 64
const maxPage = 2048

/**
 * Latest versions by (time, alert_id), newest first, from the first that stands before the position. What
 * comes meanwhile may be seen or not; nothing else is missed, and nothing comes twice.
 */
export function newestBelow(log: DurableLog, time: number, alertId: string): () => Latest | undefined {
  const sources = [
    ...log.layers.map((layer) => {
      const rows = layer.below(time, alertId)
      const next = (): Latest | undefined => {
        for (let one = rows.next(); !one.done; one = rows.next())
          if (log.isLatest(one.value, log.layers.indexOf(layer))) return one.value
        return undefined
      }
      return { next, head: next() }
    }),
    indexed(log, time, alertId),
  ]
  return () => {
    let first: (typeof sources)[number] | undefined
    for (const source of sources)
      if (source.head && (!first?.head || compareKeys(source.head, first.head) > 0)) first = source
    const found = first?.head
    if (first) first.head = first.next()
    return found
  }
}

/** Page by page, each from where the one before ended, so that the index may change between them. */
function indexed(log: DurableLog, time: number, alertId: string) {
  let position = { time, alertId }
  let size = minPage
  let page: Latest[] = []
  let at = 0
  let isOver = false
  const next = (): Latest | undefined => {
    for (;;) {
      const row = page[at++]
      if (row) {
        if (log.isLatest(row, -1)) return row
      } else {
        if (isOver) return undefined
        page = log.index.below(position.time, position.alertId, size)
        at = 0
        isOver = page.length < size
        size = Math.min(size * 2, maxPage)
        position = page.at(-1) ?? position
      }
    }
  }
  return { next, head: next() }
}
