import { expect, test } from 'vitest'
import { type Content, fieldList, type FieldName } from '../../../../src/protocol/insight/fields.ts'
import { readInsight } from '../../../../src/protocol/insight/read.ts'
import { detailFields } from '../../../../src/ui/model/view/detail-fields.ts'
import { TestDashboard } from '../../../helpers/dashboard.tsx'
import { sampleFields, sampleTexts } from '../../../helpers/sample-fields.ts'

const insight = readInsight(sampleFields)!
const told = detailFields(insight, (time) => `at ${String(time)}`)

/** How the sample of a field is shown, where that is not as it was sent. */
function shownText(name: FieldName, kind: Content['kind'], time: (text: string) => string): string {
  const [text = ''] = sampleTexts(name)
  if (kind === 'time') return time(text)
  return { risk_score: ' 62 ', confidence: '62.5 %' }[name as string] ?? text
}

test.each(fieldList.filter(({ detail }) => detail !== undefined))('$name is told as "$detail"', (field) => {
  const { name, content, detail } = field
  const text = shownText(name, content.kind, (time) => `at ${time}`)
  expect(told.find(({ label }) => label === detail)?.text).toContain(text)
})

test('the detail of an alert leaves no field out', () => {
  const board = new TestDashboard({ columns: 120, rows: 80 }).live().bring(insight).press('return')
  // Seconds are the same in every time zone.
  for (const { name, content } of fieldList)
    expect(board.screen, name).toContain(shownText(name, content.kind, (time) => time.slice(16, 19)))
})
