import { z } from 'zod'
import { statuses } from '../status.ts'
import { normalizeTimestamp } from '../time/timestamp.ts'
import { fitsBytes, hasControls, isWebUrl } from './checks.ts'
import { type Content, type Field, fieldList, type FieldName } from './fields.ts'
import type { KnownValue, NamesMissing } from './insight.ts'

/** A text of at most so many bytes of UTF-8. */
export const SizedText = (max: number) =>
  z.string().refine((text) => fitsBytes(text, max), `is longer than ${max} bytes of UTF-8`)

/** RFC 3339 in, normalised out. */
export const Timestamp = z
  .string()
  .meta({ format: 'date-time' })
  .transform((text, context) => {
    const normal = normalizeTimestamp(text)
    if (normal !== undefined) return normal
    context.addIssue({
      code: 'custom',
      message: 'is no RFC 3339 time, like 2026-11-23T14:22:07Z',
      input: text,
    })
    return z.NEVER
  })

function id({ maxLength, of }: Extract<Content, { kind: 'id' }>) {
  const plain = z
    .string()
    .min(1)
    .max(maxLength)
    .refine((text) => !hasControls(text), 'must not contain control characters')
  return of === 'alert'
    ? plain.refine((text) => !text.startsWith('-'), 'must not begin with "-"').meta({ pattern: '^[^-]' })
    : plain
}

/** A record leaves this name out without a word, so that it has to be met before. */
function refuseProto(value: unknown, context: z.RefinementCtx): unknown {
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, '__proto__'))
    context.addIssue({ code: 'custom', path: ['__proto__'], message: 'is a name that no label can have' })
  return value
}

function labels({ maxItems, maxNameLength, maxBytes }: Extract<Content, { kind: 'labels' }>) {
  const record = z
    .record(z.string().min(1).max(maxNameLength), SizedText(maxBytes))
    .refine((each) => Object.keys(each).length <= maxItems, `has more than ${maxItems} labels`)
  return z.preprocess(refuseProto, record)
}

/** The strict schema of each kind of content. */
function schemaOf(content: Content): z.ZodType {
  switch (content.kind) {
    case 'text': {
      const { minLength, maxLength, maxBytes } = content
      const text = maxBytes === undefined ? z.string() : SizedText(maxBytes)
      const long = minLength === undefined ? text : text.min(minLength)
      return maxLength === undefined ? long : long.max(maxLength)
    }
    case 'id':
      return id(content)
    case 'number':
      return z.number().min(0).max(content.max)
    case 'time':
      return Timestamp
    case 'status':
      return z.enum(statuses)
    case 'texts':
      return z.array(SizedText(content.maxBytes)).max(content.maxItems)
    case 'labels':
      return labels(content)
    case 'url':
      return z
        .string()
        .max(content.maxLength)
        .refine(isWebUrl, 'must be an http(s) URL')
        .meta({ format: 'uri' })
    default:
      return content satisfies never
  }
}

const shape = (isOptional: (field: Field) => boolean) =>
  Object.fromEntries(
    fieldList.map((field) => {
      const schema = schemaOf(field.content)
      return [field.name, isOptional(field) ? schema.optional() : schema]
    }),
  )

/**
 * What a producer may send. Strict: an unknown field is an error that names its path, so nothing
 * is dropped in silence. What may be missing is filled in by the server (`completeInsight`).
 */
export const InsightInput = z.strictObject(
  shape(({ missing }) => missing !== 'refused'),
) as unknown as z.ZodType<InsightInput>
export type InsightInput = { [Name in NamesMissing<'refused'>]: KnownValue<Name> } & {
  [Name in Exclude<FieldName, NamesMissing<'refused'>>]?: KnownValue<Name> | undefined
}

/** How an insight is described to other programs. It is read by `readInsight`, which takes more. */
export const InsightSchema = z.looseObject({
  ...shape(({ missing }) => missing === 'absent'),
  // Older ones may begin with anything.
  alert_id: z.string().min(1),
})
