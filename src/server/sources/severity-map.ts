import { Failure } from '../../program/failure.ts'
import { readToml } from '../../program/read-toml.ts'
import { isRisk, type Severity } from '../../protocol/severity.ts'
import { wordKey } from './severity-scale.ts'

const riskOf: Readonly<Record<Severity, number>> = { critical: 90, warning: 70, info: 30 }
const hint = 'a line is like P1 = "critical" or ticket = 40'

/**
 * Reads a file of severity words, TOML or JSON, alone or in a table `[severity]`: each is a risk from 0 to 100 or
 * `critical`, `warning` or `info`; the empty word stands for alerts without one. Throws a {@link Failure} that names
 * what is wrong.
 */
export async function readSeverityMap(path: string): Promise<ReadonlyMap<string, number>> {
  const table = await readToml(path, { name: 'the severity map', hint })
  const { severity } = table
  const isNested = typeof severity === 'object' && severity !== null && Object.keys(table).length === 1
  return severityMapOf(isNested ? severity : table, path)
}

/** The same of a table that has been read; `where` names it in what is wrong. */
export function severityMapOf(table: object, where: string): ReadonlyMap<string, number> {
  const map = new Map<string, number>()
  for (const [word, value] of Object.entries(table)) {
    const key = wordKey(word)
    const risk = isSeverity(value) ? riskOf[value] : (value as unknown)
    if (!isRisk(risk))
      throw fault(`${where}: ${quoted(word)} must be a number from 0 to 100, "critical", "warning" or "info"`)
    if ((map.get(key) ?? risk) !== risk) throw fault(`${where}: ${quoted(word)} stands there twice`)
    map.set(key, risk)
  }
  return map
}

const fault = (message: string) => new Failure('usage', message, { hint })
const quoted = (word: string) => JSON.stringify(word.slice(0, 80))
const isSeverity = (value: unknown): value is Severity =>
  typeof value === 'string' && Object.hasOwn(riskOf, value)
