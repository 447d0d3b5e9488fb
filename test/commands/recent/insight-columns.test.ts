import { expect, test } from 'vitest'
import { insightColumns } from '../../../src/commands/recent/insight-columns.ts'
import { tableLines } from '../../../src/commands/recent/table.ts'
import { glyphsFor } from '../../../src/text/glyphs.ts'
import { displayWidth } from '../../../src/text/width.ts'
import { insight } from '../../helpers/insights.ts'

const rows = [
  insight({ alert_id: 'a1', risk_score: 97, entity_id: 'e'.repeat(200), explanation: 'x'.repeat(500) }),
  insight({
    alert_id: 'a2',
    risk_score: 61.5,
    entity_id: 'cust_004821',
    explanation: '95% churn probability',
  }),
  insight({ alert_id: 'a3', risk_score: 3, entity_id: '顧客'.repeat(20), explanation: '警告' }),
]

test.each([false, true])('severity stays and no line is too wide, from 20 columns on; ASCII %s', (ascii) => {
  const glyphs = glyphsFor(ascii)
  const columns = insightColumns({ ascii, glyphs, colors: 0 }, Date.now(), true)
  for (let width = 20; width <= 200; width++) {
    const [title, ...lines] = tableLines(columns, rows, { width, ellipsis: glyphs.ellipsis })
    expect(title).toContain('RISK')
    for (const line of [title ?? '', ...lines]) expect(displayWidth(line)).toBeLessThanOrEqual(width)
    expect(lines[0]).toContain(`97  ${glyphs.severity.critical} crit`)
    expect(lines[1]).toContain(`61  ${glyphs.severity.warning} warn`)
    expect(lines[2]).toContain(`3  ${glyphs.severity.info} info`)
  }
})

test('what is left at 40 and 60 columns is worth reading', () => {
  const glyphs = glyphsFor(true)
  const columns = insightColumns({ ascii: true, glyphs, colors: 0 }, Date.now(), true)
  const at = (width: number) =>
    tableLines(columns, rows.slice(1, 2), { width, ellipsis: glyphs.ellipsis })[1]?.trimEnd()
  expect(at(20)).toMatch(/^ +61 +! warn {2}cus/)
  expect(at(40)).toContain('warn  cust_004821  95%')
  expect(at(60)).toContain('warn  cust_004821  95% churn probability')
})
