import { Failure } from '../../program/failure.ts'
import { isPlainInput } from '../../protocol/insight/plain-input.ts'
import type { InsightInput } from '../../protocol/insight/schema.ts'
import { JsonFault, jsonValues } from './json-values.ts'

/** An insight that is fit to be sent, its alert_id, and how many bytes of UTF-8 it takes as JSON. */
export interface Prepared {
  readonly insight: InsightInput
  readonly id: string
  readonly bytes: number
}

/** Gives the insights that came without one an alert_id, so that sending them again changes nothing. */
type NewId = () => string

const maxFaults = 10

/**
 * Reads objects, arrays of objects and NDJSON. Throws a {@link Failure} that names line, field and
 * fault of whatever is no insight; everything in the array that the fault stands in is held back. An
 * input without any is none of them.
 */
export async function* readInsights(chunks: AsyncIterable<string>, newId: NewId): AsyncGenerator<Prepared> {
  try {
    for await (const { text, line } of jsonValues(chunks)) {
      const value = parse(text, line)
      const items: readonly unknown[] = Array.isArray(value) ? value : [value]
      const where = (index: number) =>
        Array.isArray(value) ? `line ${line}, item ${index + 1}` : `line ${line}`
      const faults: string[] = []
      for (const [index, item] of items.entries())
        if (!isPlainInput(item))
          faults.push(...(await faultsIn(item)).map((fault) => `${where(index)}: ${fault}`))
      if (faults.length > 0) throw new Failure('failed', listed(faults))
      for (const item of items) yield prepare(item as InsightInput, newId)
    }
  } catch (error) {
    throw error instanceof JsonFault ? new Failure('failed', error.message, { cause: error }) : error
  }
}

/** What is wrong with an insight: `risk_score must be a number`. */
export async function faultsIn(value: unknown): Promise<string[]> {
  if (isPlainInput(value)) return []
  const { insightInputFaults } = await import('./insight-input-faults.ts')
  return insightInputFaults(value)
}

export function prepare(item: InsightInput, newId: NewId): Prepared {
  const id = item.alert_id ?? newId()
  const insight = { ...item, alert_id: id }
  return { insight, id, bytes: Buffer.byteLength(JSON.stringify(insight)) + 1 }
}

function parse(text: string, line: number): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // V8 counts positions from the value's own start; the line says enough.
    const reason = (error as Error).message.replace(/ in JSON at position.*$/s, '').replace(/\s+/g, ' ')
    throw new Failure('failed', `line ${line}: ${reason}`, { cause: error })
  }
}

function listed(faults: readonly string[]): string {
  const more = faults.length - maxFaults
  return `${faults.slice(0, maxFaults).join('; ')}${more > 0 ? `; and ${more} more` : ''}`
}
