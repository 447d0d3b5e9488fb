import { type Status, isStatus } from '../protocol/status.ts'
import { isRisk, type Severity } from '../protocol/severity.ts'
import { sanitize } from './sanitize.ts'

/** What stands for a value that its field can't have. */
export const unknownText = '?'

/** A risk in whole points, cut and never rounded up: 79.96 is `79`. What can't be a risk is `?`. */
export const riskText = (risk: unknown): string => (isRisk(risk) ? String(Math.floor(risk)) : unknownText)

const shortSeverities: Readonly<Record<Severity, string>> = {
  critical: 'crit',
  warning: 'warn',
  info: 'info',
}

/** `‼ crit`: readable without colour, and always as wide as the other severities. */
export const severityText = (
  severity: Severity,
  glyphs: { readonly severity: Readonly<Record<Severity, string>> },
): string => `${glyphs.severity[severity]} ${shortSeverities[severity]}`

const shortStatuses: Readonly<Record<Status, string>> = {
  open: 'open',
  acknowledged: 'ack',
  resolved: 'resolved',
}

/** `open`, `ack`, `resolved`, for a column; what can't be a status is `?`. */
export const shortStatus = (status: unknown): string =>
  isStatus(status) ? shortStatuses[status] : unknownText

/** `open`, `acknowledged`, `resolved`, where there is room; what can't be a status is `?`. */
export const statusText = (status: unknown): string => (isStatus(status) ? status : unknownText)

/** A time as it is sent, `2026-11-23T14:22:07.120Z`; what can't be a time is `?`. */
export const timeText = (time: unknown): string => (typeof time === 'string' ? sanitize(time) : unknownText)

/** `91.5 %` of a share from 0 to 1, cut at one decimal; what can't be one is `?`. */
export const percentText = (share: unknown): string =>
  typeof share === 'number' && share >= 0 && share <= 1 ? `${Math.floor(share * 1000) / 10} %` : unknownText
