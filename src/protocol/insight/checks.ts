import { isStatus } from '../status.ts'
import { normalizeTimestamp } from '../time/timestamp.ts'
import type { Content } from './fields.ts'

/** Whether a value can stand in a field as it is, without normalising. */
export type Check = (value: unknown) => boolean

// oxlint-disable-next-line no-control-regex
const controls = /[\u0000-\u001f\u007f-\u009f]/
const utf8 = new TextEncoder()

/** No string takes more than three bytes of UTF-8 per code unit, so most are never measured. */
export const fitsBytes = (text: string, max: number): boolean =>
  text.length * 3 <= max || (text.length <= max && utf8.encode(text).length <= max)

export const hasControls = (text: string): boolean => controls.test(text)

export function isWebUrl(text: string): boolean {
  const protocol = URL.parse(text)?.protocol
  return protocol === 'http:' || protocol === 'https:'
}

const isTextWithin = (value: unknown, min: number, max: number): value is string =>
  typeof value === 'string' && value.length >= min && value.length <= max

/** The strict check of each kind of content. Says only yes or no: `InsightInput` has the faults. */
export function checkOf(content: Content): Check {
  switch (content.kind) {
    case 'text': {
      const { minLength = 0, maxLength = Infinity, maxBytes } = content
      if (maxBytes === undefined) return (value) => isTextWithin(value, minLength, maxLength)
      return (value) => isTextWithin(value, minLength, maxLength) && fitsBytes(value, maxBytes)
    }
    case 'id': {
      const { maxLength, of } = content
      const isAlert = of === 'alert'
      return (value) =>
        isTextWithin(value, 1, maxLength) && !hasControls(value) && !(isAlert && value.startsWith('-'))
    }
    case 'number':
      return (value) => typeof value === 'number' && value >= 0 && value <= content.max
    case 'time':
      return (value) => typeof value === 'string' && normalizeTimestamp(value) === value
    case 'status':
      return isStatus
    case 'texts':
      return (value) =>
        Array.isArray(value) &&
        value.length <= content.maxItems &&
        value.every((each) => typeof each === 'string' && fitsBytes(each, content.maxBytes))
    case 'labels':
      return (value) => areLabels(value, content)
    case 'url':
      return (value) => isTextWithin(value, 1, content.maxLength) && isWebUrl(value)
    default:
      return content satisfies never
  }
}

function areLabels(
  value: unknown,
  { maxItems, maxNameLength, maxBytes }: Extract<Content, { kind: 'labels' }>,
): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const labels = value as Record<string, unknown>
  let count = 0
  for (const name in labels) {
    if (name === '__proto__' || !isTextWithin(name, 1, maxNameLength)) return false
    const label = labels[name]
    if (typeof label !== 'string' || !fitsBytes(label, maxBytes) || ++count > maxItems) return false
  }
  return true
}
