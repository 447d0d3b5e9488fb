import { z } from 'zod'
import { statuses } from '../../protocol/status.ts'
import { parsePath } from './path.ts'

const Path = z
  .string()
  .min(1)
  .transform((text) => parsePath(text))
  .refine((path) => path.every((name) => name !== ''), 'is a dotted path like detail.state')
const Constant = z.strictObject({ value: z.union([z.string(), z.number(), z.boolean()]) })

/** Where a field comes from: a path, the first of several that leads somewhere, or a constant. */
const Origin = z.union(
  [
    Path.transform((path) => ({ paths: [path] })),
    z
      .array(Path)
      .min(1)
      .transform((paths) => ({ paths })),
    Constant,
  ],
  'is a path "a.b", a list of paths, or a constant { value = "x" }',
)
export type Origin = z.infer<typeof Origin>

/** One `[sources.NAME]`: where each field of an insight comes from. */
export const Mapping = z.strictObject({
  /** The array of alerts in a body; without, the body is one alert, or an array of them. */
  each: Path.optional(),
  entity_id: Origin,
  alert_id: Origin.optional(),
  timestamp: Origin.optional(),
  prediction_type: Origin.optional(),
  explanation: Origin.optional(),
  recommendations: Origin.optional(),
  confidence: Origin.optional(),
  risk_score: Origin.optional(),
  /** A word, which `severities` and the usual words give a risk. */
  severity: Origin.optional(),
  severities: z.record(z.string(), z.unknown()).optional(),
  status: Origin.optional(),
  statuses: z.record(z.string(), z.enum(statuses)).optional(),
  url: Origin.optional(),
  labels: z.record(z.string(), Origin).optional(),
})
export type Mapping = z.infer<typeof Mapping>

/** A file of sources, and of severity words for all of them. */
export const MappingFile = z.strictObject({
  severity: z.record(z.string(), z.unknown()).optional(),
  sources: z.record(z.string().regex(/^[a-z][a-z\d-]{0,63}$/, 'is a name of a-z, 0-9 and "-"'), Mapping),
})
