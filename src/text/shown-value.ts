import type { Content } from '../protocol/insight/fields.ts'
import { sanitize } from './sanitize.ts'
import { percentText, riskText, shortStatus, timeText } from './words.ts'

/** A field's value as people read it, on one line; nothing where there is none. */
export function shownValue(content: Content, value: unknown): string {
  if (value === undefined) return ''
  switch (content.kind) {
    case 'number':
      return content.max === 1 ? percentText(value) : riskText(value)
    case 'time':
      return timeText(value)
    case 'status':
      return shortStatus(value)
    case 'texts':
      return sanitize((value as readonly string[]).join('; '))
    case 'labels':
      return labelTexts(value as Readonly<Record<string, string>>).join(' ')
    case 'text':
    case 'id':
    case 'url':
      return sanitize(value as string)
    default:
      return content satisfies never
  }
}

/** `team=payments`, one for each label. */
export const labelTexts = (labels: Readonly<Record<string, string>>): string[] =>
  Object.entries(labels).map(([name, value]) => `${sanitize(name)}=${sanitize(value)}`)
