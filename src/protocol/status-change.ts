import { z } from 'zod'
import { limits } from './insight/limits.ts'
import { SizedText, Timestamp } from './insight/schema.ts'
import { statuses } from './status.ts'

/**
 * Body of `PATCH /insights/{alert_id}`. `by` is who did it, kept as `acknowledged_by`. A `note` stays
 * with the alert until another one takes its place; an empty one takes it away. `acknowledged_until`
 * goes with `acknowledged`; null, or nothing at the first time, is for ever.
 */
export const StatusChange = z
  .strictObject({
    status: z.enum(statuses),
    by: z.string().min(1).max(limits.idLength).optional(),
    note: SizedText(limits.noteBytes).optional(),
    acknowledged_until: Timestamp.nullable().optional(),
  })
  .refine(({ status, acknowledged_until: until }) => until === undefined || status === 'acknowledged', {
    path: ['acknowledged_until'],
    message: 'goes with the status acknowledged only',
  })
export type StatusChange = z.infer<typeof StatusChange>
