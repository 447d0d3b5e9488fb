import type { Alert, AlertVersion } from './live-list.ts'
import { versionOf } from './live-list.ts'
import { isRisk, severityFloor } from '../../../protocol/severity.ts'

export const sorts = ['time', 'risk', 'entity', 'rising'] as const
export type Sort = (typeof sorts)[number]

/** Alerts that stand as one row, oldest first: the repeats of one (type, entity), or one alert. */
export interface AlertItem {
  readonly kind: 'alert'
  readonly key: string
  readonly time: number
  /** The newest of `alerts`, which the row shows. */
  readonly alert: Alert
  readonly alerts: readonly Alert[]
  /** How much the risk rose over the last eight points; below zero when it fell. */
  readonly rise: number
}

/** Where the link was down. It stands among the alerts when they are sorted by time. */
export interface GapItem {
  readonly kind: 'gap'
  readonly key: string
  readonly time: number
  readonly downAt: number
  readonly upAt: number
  readonly replayed: number
  /** Why the server could not go on; undefined when it did, and nothing was lost. */
  readonly gap: string | undefined
  /** Of a gap: alerts that were read over REST instead. */
  readonly recovered?: number
  /** Of a gap: events that can't be recovered; undefined where that isn't known. */
  readonly unrecovered?: number | undefined
}

export type Row = AlertItem | GapItem

/** Alerts of one fold share a row. */
const foldKey = ({ insight }: Alert): string => `${insight.prediction_type}\u0000${insight.entity_id}`

/** The key of the row that an alert stands in. */
export const rowKey = (alert: Alert, fold: boolean): string => (fold ? foldKey(alert) : alert.id)

const points = 8

export function alertItem(key: string, alerts: readonly Alert[]): AlertItem {
  const alert = alerts.at(-1)!
  const rise = knownRisk(alert.insight.risk_score) - knownRisk(firstRisk(alerts, alert))
  return { kind: 'alert', key, time: alert.time, alert, alerts, rise }
}

/** The risk at the first of the last points. Rows are made by the thousand: without making the points. */
function firstRisk(alerts: readonly Alert[], { earlier, insight }: Alert): unknown {
  if (alerts.length > 1) return alerts[Math.max(0, alerts.length - points)]!.insight.risk_score
  return (earlier[Math.max(0, earlier.length + 1 - points)] ?? { risk: insight.risk_score }).risk
}

/** The last `count` points of risk, oldest first: versions of one alert, or the repeats of a fold. */
export function riskHistory(alerts: readonly Alert[], count: number): AlertVersion[] {
  const [only] = alerts
  if (alerts.length === 1 && only) return [...only.earlier, versionOf(only)].slice(-count)
  return alerts.slice(-count).map(versionOf)
}

const byKey = (a: Row, b: Row) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
const idOf = (row: Row) => (row.kind === 'alert' ? row.alert.id : '')
/** Newest first by (timestamp, id), as the server's pages are. */
const byTime = (a: Row, b: Row) => b.time - a.time || compareText(idOf(b), idOf(a)) || byKey(a, b)

/** What is to be read first comes first; a total order. */
export const compareRows: Readonly<Record<Sort, (a: Row, b: Row) => number>> = {
  time: byTime,
  risk: (a, b) => riskOf(b) - riskOf(a) || byTime(a, b),
  entity: (a, b) => compareText(entityOf(a), entityOf(b)) || byTime(a, b),
  rising: (a, b) => riseOf(b) - riseOf(a) || byTime(a, b),
}

/** To sort by. What can't be a risk stands before all other warnings: somebody should look at it. */
const knownRisk = (risk: unknown): number => (isRisk(risk) ? risk : severityFloor.critical - 0.01)

const riskOf = (row: Row) => (row.kind === 'alert' ? knownRisk(row.alert.insight.risk_score) : 0)
const riseOf = (row: Row) => (row.kind === 'alert' ? row.rise : 0)
const entityOf = (row: Row) => (row.kind === 'alert' ? row.alert.insight.entity_id : '')
const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
