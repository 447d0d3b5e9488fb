import type { Mapping, Origin } from './mapping.ts'
import { formatPath, type Path } from './path.ts'

/** A value of a body that no field of a mapping takes. */
export interface LeftOver {
  /** Dotted, from the alert on. */
  readonly path: string
  readonly value: unknown
}

/** Everything in an alert that no path of the mapping leads to, in its order. */
export function leftOver(alert: unknown, mapping: Mapping): LeftOver[] {
  const used = new Set(pathsOf(mapping).map(formatPath))
  const rest: LeftOver[] = []
  const visit = (value: unknown, path: Path) => {
    if (path.length > 0 && used.has(formatPath(path))) return
    if (typeof value !== 'object' || value === null || Object.keys(value).length === 0)
      rest.push({ path: formatPath(path), value })
    else for (const [name, item] of Object.entries(value)) visit(item, [...path, name])
  }
  visit(alert, [])
  return rest
}

const notOrigins = new Set(['each', 'severities', 'statuses', 'labels'])

function pathsOf(mapping: Mapping): Path[] {
  const fields = Object.entries(mapping).filter(([name]) => !notOrigins.has(name))
  const origins = [...fields.map(([, origin]) => origin as Origin), ...Object.values(mapping.labels ?? {})]
  return origins.flatMap((origin) => ('paths' in origin ? origin.paths : []))
}
