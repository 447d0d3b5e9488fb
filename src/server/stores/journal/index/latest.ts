import type { Facts } from '../format/facts.ts'

/** The latest version of an alert, but for its text, which stays on disk at the place that `sequence` names. */
export interface Latest extends Readonly<Facts> {
  readonly alertId: string
  readonly sequence: number
}

/** Above 0 when `a` comes after `b` by (time, alert_id), in code-unit order. */
export const compareKeys = (
  a: { readonly time: number; readonly alertId: string },
  b: { readonly time: number; readonly alertId: string },
): number => a.time - b.time || (a.alertId < b.alertId ? -1 : a.alertId > b.alertId ? 1 : 0)
