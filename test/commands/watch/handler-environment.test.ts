import { expect, test } from 'vitest'
import { handlerEnvironment } from '../../../src/commands/watch/exec/handler-environment.ts'
import { fieldList } from '../../../src/protocol/insight/fields.ts'
import { readInsight } from '../../../src/protocol/insight/read.ts'
import { insight } from '../../helpers/insights.ts'
import { sampleFields, sampleTexts } from '../../helpers/sample-fields.ts'

const watched = { url: 'http://server', filter: undefined, profile: undefined }
const environment = (value: unknown) => handlerEnvironment(readInsight(value)!, watched, {})

test('a handler gets every field that is one value', () => {
  const variables = environment(sampleFields)
  for (const { name, content } of fieldList) {
    if (content.kind === 'texts' || content.kind === 'labels') continue
    const variable = name === 'url' ? 'IOPS_ALERT_URL' : `IOPS_${name.toUpperCase()}`
    expect(variables[variable], variable).toBe(sampleTexts(name)[0])
  }
  expect(variables['IOPS_URL']).toBe('http://server')
  expect(variables['IOPS_SEVERITY']).toBe('warning')
})

test('what an alert does not have is empty, and what cannot be read is as it came', () => {
  const variables = environment({ ...insight({ alert_id: 'a' }), risk_score: 'n/a', status: 7 })
  expect(variables).toMatchObject({
    IOPS_NOTE: '',
    IOPS_RISK_SCORE: 'n/a',
    IOPS_STATUS: '7',
    IOPS_SEVERITY: 'warning',
  })
})
