import { expect, test } from 'vitest'
import { insightColumns } from '../../../src/commands/recent/insight-columns.ts'
import { fieldList } from '../../../src/protocol/insight/fields.ts'
import { readInsight } from '../../../src/protocol/insight/read.ts'
import { appearance } from '../../../src/commands/shared/appearance.ts'
import { createTestIo } from '../../helpers/command.ts'
import { sampleFields } from '../../helpers/sample-fields.ts'

const io = createTestIo()
const look = appearance(io, { color: 'never' })
const insight = readInsight(sampleFields)!
const withColumn = fieldList
  .flatMap(({ column, ...field }) => (column === undefined ? [] : [{ ...field, ...column }]))
  .sort((a, b) => a.place - b.place)

test.each([true, false])('a field with a column has it, in its place (terminal: %s)', (terminal) => {
  const columns = insightColumns(look, io.now(), terminal)
  const titles = columns.map(({ title }) => title)
  expect(titles.filter((title) => withColumn.some((field) => field.title === title))).toEqual(
    withColumn.map(({ title }) => title),
  )
  expect(titles.at(-1)).toBe('EXPLANATION')
  for (const { name, title, content } of withColumn) {
    const cell = columns.find((column) => column.title === title)?.cell(insight)
    expect(cell, name).toBe(content.kind === 'status' ? 'ack' : String(sampleFields[name]))
  }
})
