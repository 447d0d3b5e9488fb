import type { StatementSync } from 'node:sqlite'
import { severities, severityOf } from '../../../../protocol/severity.ts'
import { cellWidths } from './index-database.ts'

interface Counted {
  readonly time: number
  readonly risk: number
  readonly type: number
  readonly status: number
}

/** Changes of the totals, gathered before they are written. */
export class TotalsChange {
  readonly #cells = new Map<string, [count: number, risk: number]>()

  add({ time, risk, type, status }: Counted, by: 1 | -1): void {
    const severity = severities.indexOf(severityOf(risk))
    const key = `${Math.floor(time / cellWidths[0]!)},${type},${status},${severity}`
    const cell = this.#cells.get(key)
    if (cell) {
      cell[0] += by
      cell[1] += by * risk
    } else this.#cells.set(key, [by, by * risk])
  }

  write(statement: StatementSync): void {
    let cells = this.#cells
    for (const [level, width] of cellWidths.entries()) {
      for (const [key, [count, risk]] of cells) {
        const [cell = 0, type = 0, status = 0, severity = 0] = key.split(',').map(Number)
        if (count !== 0 || risk !== 0) statement.run(level, cell, type, status, severity, count, risk)
      }
      const wider = cellWidths[level + 1]
      if (wider === undefined) return
      const above = new Map<string, [number, number]>()
      for (const [key, [count, risk]] of cells) {
        const comma = key.indexOf(',')
        const upper = `${Math.floor((Number(key.slice(0, comma)) * width) / wider)}${key.slice(comma)}`
        const cell = above.get(upper)
        if (cell) {
          cell[0] += count
          cell[1] += risk
        } else above.set(upper, [count, risk])
      }
      cells = above
    }
  }
}
