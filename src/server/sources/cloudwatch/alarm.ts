import { z } from 'zod'
import { normalizeTimestamp } from '../../../protocol/time/timestamp.ts'

const text = z.string().nullish()

/** What CloudWatch publishes when an alarm changes its state. */
export const Alarm = z.object({
  AlarmName: z.string().min(1),
  AlarmDescription: text,
  AlarmArn: text,
  AWSAccountId: text,
  Region: text,
  NewStateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  NewStateReason: text,
  OldStateValue: text,
  StateChangeTime: z.string().refine((time) => normalizeTimestamp(time) !== undefined, 'is no time'),
  Trigger: z
    .object({
      MetricName: text,
      Namespace: text,
      Dimensions: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
    })
    .nullish()
    .catch(undefined),
})
export type Alarm = z.infer<typeof Alarm>
