import type { z } from 'zod'
import type { Fault } from '../../protocol/answers.ts'
import type { Mapped, SourceInput } from './source.ts'

interface MappedAlert {
  readonly input: SourceInput
  readonly notes: readonly string[]
}

/** Maps each alert by itself: one that has another form is a fault, and its siblings are taken. */
export function mapEach<Alert>(
  alerts: readonly unknown[],
  schema: z.ZodType<Alert>,
  map: (alert: Alert) => MappedAlert,
): Mapped {
  const inputs: SourceInput[] = []
  const notes: string[] = []
  const faults: Fault[] = []
  for (const [index, alert] of alerts.entries()) {
    const { success, data, error } = schema.safeParse(alert)
    if (success) {
      const mapped = map(data)
      inputs.push(mapped.input)
      notes.push(...mapped.notes)
    } else
      faults.push(
        ...error.issues.map(({ path, message }) => ({ index, path: path.map(String).join('.'), message })),
      )
  }
  return { inputs, notes, faults }
}
