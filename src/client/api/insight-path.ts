/** Words that stand for something else in the place of an id. */
const taken = new Set(['recent', 'aggregations', 'stream'])

/**
 * The path of one insight, whatever its id contains. Undefined for the few ids that no URL can carry: `.`
 * and `..` are steps in a path however they are written, and half a surrogate pair is no text.
 */
export function insightPath(alertId: string): string | undefined {
  const isCarried = alertId !== '' && alertId !== '.' && alertId !== '..' && alertId.isWellFormed()
  return isCarried ? `/insights/${encodeURIComponent(alertId)}` : undefined
}

/** The same for reading: undefined also where the path leads to something else. */
export const readablePath = (alertId: string): string | undefined =>
  taken.has(alertId) ? undefined : insightPath(alertId)
