import { InsightInput } from '../../protocol/insight/schema.ts'
import { insightFaults } from '../../protocol/insight/insight-faults.ts'
import type { Fault } from '../../protocol/answers.ts'
import { badRequest } from '../fault/http-fault.ts'
import type { NamedInput } from '../ingest/ingest.ts'
import type { SeverityScale } from '../sources/severity-scale.ts'
import type { Mapped, Source, SourceInput } from '../sources/source.ts'
import { decideMapped } from './decide-mapped.ts'
import { mapAlert } from './map-alert.ts'
import type { Mapping } from './mapping.ts'
import { formatPath, lookUp } from './path.ts'

/** A source that a file describes. */
export interface MappedSource extends Source {
  readonly mapping: Mapping
  /** Reads alerts that have been taken out of their body. */
  readonly readAlerts: (alerts: readonly unknown[], riskOf: SeverityScale) => Mapped
}

/** `own` are the source's severity words, which win over the server's. */
export function createMappedSource(
  name: string,
  mapping: Mapping,
  own: ReadonlyMap<string, number>,
): MappedSource {
  const read = (alerts: readonly unknown[], riskOf: SeverityScale) => readAlerts(alerts, mapping, own, riskOf)
  return {
    title: `body of the source ${name}`,
    maxBodyBytes: 4 * 1024 * 1024,
    mapping,
    readAlerts: read,
    read: (body, riskOf) => read(alertsOf(body, mapping), riskOf),
  }
}

/** The alerts of a body. Throws 400 where `each` leads to no array. */
export function alertsOf(body: unknown, { each }: Mapping): readonly unknown[] {
  if (each === undefined) return Array.isArray(body) ? body : [body]
  const alerts = lookUp(body, each)
  if (Array.isArray(alerts)) return alerts
  throw badRequest('invalid_notification', `The body has no array at ${formatPath(each)}.`)
}

function readAlerts(
  alerts: readonly unknown[],
  mapping: Mapping,
  own: ReadonlyMap<string, number>,
  riskOf: SeverityScale,
): Mapped {
  const inputs: SourceInput[] = []
  const notes: string[] = []
  const faults: Fault[] = []
  for (const [index, alert] of alerts.entries()) {
    const mapped = mapAlert(alert, mapping, own, riskOf)
    const { success, data, error } = InsightInput.safeParse(mapped.fields)
    if (success) {
      inputs.push({ ...(data as NamedInput), decide: decideMapped })
      notes.push(...mapped.notes.map((note) => `alert ${index}: ${note}`))
    } else faults.push(...insightFaults(error).map((fault) => ({ index, ...fault })))
  }
  return { inputs, notes, faults }
}
