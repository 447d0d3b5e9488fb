import { HttpFault } from '../fault/http-fault.ts'
import type { Metrics } from '../telemetry/metrics.ts'

/** Counts of one invocation, for CloudWatch. */
export interface EmbeddedMetrics extends Metrics {
  /** Adds to a count. */
  add(name: string, by?: number, unit?: Unit): void
  /** Notes a value, such as a duration. */
  observe(name: string, value: number, unit: Unit): void
  /** Writes what was counted since the last flush as one line, if there was anything. */
  flush(): void
}

type Unit = 'Count' | 'Milliseconds'

interface Options {
  readonly write: (line: string) => void
  readonly now: () => Date
  readonly functionName: string
}

/**
 * Metrics as lines in CloudWatch's embedded metric format: CloudWatch makes them from the log, so that nothing has
 * to be sent. Namespace `iops`, dimension `Function`.
 */
export function createEmbeddedMetrics({ write, now, functionName }: Options): EmbeddedMetrics {
  let values = new Map<string, { value: number; readonly unit: Unit }>()
  const add = (name: string, by = 1, unit: Unit = 'Count') => {
    const known = values.get(name)
    if (known) known.value += by
    else values.set(name, { value: by, unit })
  }
  return {
    contentType: 'text/plain',
    text: () =>
      Promise.reject(
        new HttpFault(404, 'not_found', 'On AWS Lambda metrics go to CloudWatch, namespace iops.'),
      ),
    add,
    observe: (name, value, unit) => void values.set(name, { value, unit }),
    ingested({ items }) {
      for (const { result } of items) add(`Insights${result[0]?.toUpperCase()}${result.slice(1)}`)
    },
    answered(_method, _route, status) {
      add('Requests')
      if (status >= 500) add('ServerErrors')
      else if (status >= 400) add('ClientErrors')
    },
    flush() {
      if (values.size === 0) return
      const counted = values
      values = new Map()
      const Metrics = Array.from(counted, ([Name, { unit }]) => ({ Name, Unit: unit }))
      const line = {
        _aws: {
          Timestamp: now().getTime(),
          CloudWatchMetrics: [{ Namespace: 'iops', Dimensions: [['Function']], Metrics }],
        },
        Function: functionName,
        ...Object.fromEntries(Array.from(counted, ([name, { value }]) => [name, value])),
      }
      write(`${JSON.stringify(line)}\n`)
    },
  }
}
