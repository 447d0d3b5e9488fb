/** The spans of time that the totals can cover. */
export const ranges = ['1h', '3h', 'today', 'week'] as const
export type TotalsRange = (typeof ranges)[number]

const hour = 3_600_000

/** Where a range begins, in milliseconds since the epoch; today begins at local midnight. */
export function rangeStart(range: TotalsRange, now: number): number {
  switch (range) {
    case '1h':
      return now - hour
    case '3h':
      return now - 3 * hour
    case 'today':
      return new Date(now).setHours(0, 0, 0, 0)
    case 'week':
      return now - 7 * 24 * hour
    default:
      return range satisfies never
  }
}
