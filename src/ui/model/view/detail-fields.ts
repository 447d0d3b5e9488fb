import { type Field, fieldList, type FieldName } from '../../../protocol/insight/fields.ts'
import type { Insight } from '../../../protocol/insight/insight.ts'
import { labelTexts, shownValue } from '../../../text/shown-value.ts'

/** A line of the detail: what it is called and what it says. The lines after the first of a field have no label. */
export interface DetailField {
  readonly label: string
  readonly text: string
  /** Where it leads. */
  readonly link?: string | undefined
}

/** Fields that are told together with another one. */
const companions: Partial<Record<FieldName, FieldName>> = { acknowledged_by: 'acknowledged_at' }

// Labels may be many, and stand last.
const shown = fieldList
  .filter(({ detail }) => detail !== undefined)
  .sort((a, b) => Number(a.content.kind === 'labels') - Number(b.content.kind === 'labels'))

/** The fields that have no place of their own in the detail. `when` tells a time as the screen tells times. */
export function detailFields(insight: Insight, when: (time: unknown) => string): DetailField[] {
  const textOf = (name: FieldName, { content }: Field) =>
    content.kind === 'time' ? when(insight[name]) : shownValue(content, insight[name])
  return shown.flatMap(({ name, detail: label = '', ...field }): DetailField[] => {
    if (field.content.kind === 'labels')
      return labelTexts(insight.labels ?? {}).map((text, index) => ({
        label: index === 0 ? label : '',
        text,
      }))
    const companion = companions[name]
    const texts = [textOf(name, field)]
    if (companion !== undefined) texts.push(when(insight[companion]))
    const text = texts.filter((each) => each !== '').join(', ')
    if (text === '') return []
    const link = field.content.kind === 'url' ? linkOf(insight[name]) : undefined
    return [{ label, text, link }]
  })
}

const webLink = /^https?:\/\/[\x21-\x7e]+$/

const linkOf = (url: unknown): string | undefined =>
  typeof url === 'string' && webLink.test(url) ? url : undefined
