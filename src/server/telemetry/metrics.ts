import { collectDefaultMetrics, Counter, Gauge, Registry } from '@prometheus-io/client'
import type { PublishResult } from '../../protocol/answers.ts'
import type { Hub } from '../stream/hub.ts'
import type { StoreEvents } from './store-events.ts'

/** What a server counts, for Prometheus. */
export interface Metrics {
  readonly contentType: string
  text(): Promise<string>
  ingested(result: PublishResult): void
  answered(method: string, route: string, status: number): void
}

export function createMetrics(hub: Hub, storeEvents?: StoreEvents): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const insights = new LabelledCount('result')
  const requests = new LabelledCount('method', 'route', 'status')
  registry.registerMetric(
    insights.counter('iops_insights_accepted_total', 'Insights taken in, by what came of them.'),
  )
  registry.registerMetric(requests.counter('iops_http_requests_total', 'Requests answered.'))
  const watch = (name: string, help: string, read: () => number) =>
    new Gauge({ name, help, registers, collect: metric(read) })
  const count = (name: string, help: string, read: () => number) =>
    new Counter({ name, help, registers, collect: total(read) })
  const refusesWrites = () => (hub.store.fault() === undefined ? 0 : 1)
  watch('iops_stream_subscribers', 'Event streams that are open.', () => hub.subscribers)
  watch('iops_store_refuses_writes', '1 while the store takes no writes; /readyz says why.', refusesWrites)
  if (hub.store.kind === 'journal')
    watch('iops_journal_failed', '1 while the journal takes no writes; /readyz says why.', refusesWrites)
  watch('iops_log_position', 'Sequence of the last entry sent out.', () => hub.position)
  count('iops_stream_deliveries_total', 'Insights written to event streams.', () => hub.stats.delivered)
  count(
    'iops_stream_cut_off_total',
    'Streams cut off because their reader was too slow.',
    () => hub.stats.cutOff,
  )
  count('iops_stream_resets_total', 'Streams whose position could not be honoured.', () => hub.stats.resets)
  const events = new Counter({
    name: 'iops_store_events_total',
    help: 'What the store met: throttled, retried and lost requests, lost races, relayed insights.',
    labelNames: ['event'] as const,
    registers: [],
    collect() {
      this.reset()
      for (const [event, times] of storeEvents?.entries() ?? []) this.inc({ event }, times)
    },
  })
  registry.registerMetric(events)
  const units = new Counter({
    name: 'iops_store_consumed_units_total',
    help: 'Read or write units that DynamoDB charges, by operation.',
    labelNames: ['operation'] as const,
    registers: [],
    collect() {
      this.reset()
      for (const [operation, spent] of storeEvents?.spent() ?? []) this.inc({ operation }, spent)
    },
  })
  registry.registerMetric(units)
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    ingested: ({ items }) => {
      for (const { result } of items) insights.add(result)
    },
    answered: (method, route, status) => requests.add(`${method} ${route} ${status}`),
  }
}

/** Counts by label values, without spaces in them and joined by spaces: the library's own count costs a microsecond. */
class LabelledCount {
  readonly #names: readonly string[]
  readonly #counts = new Map<string, number>()

  constructor(...names: string[]) {
    this.#names = names
  }

  add(values: string): void {
    this.#counts.set(values, (this.#counts.get(values) ?? 0) + 1)
  }

  counter(name: string, help: string): Counter {
    const names = this.#names
    const counts = this.#counts
    return new Counter({
      name,
      help,
      labelNames: [...names],
      registers: [],
      collect() {
        this.reset()
        for (const [values, count] of counts) {
          const parts = values.split(' ')
          this.inc(Object.fromEntries(names.map((label, at) => [label, parts[at] ?? ''])), count)
        }
      },
    })
  }
}

/** Sets a gauge when it is read. */
function metric(read: () => number) {
  return function collect(this: Gauge) {
    this.set(read())
  }
}

/** Brings a counter to a running total when it is read. */
function total(read: () => number) {
  let last = 0
  return function collect(this: Counter) {
    const now = read()
    this.inc(now - last)
    last = now
  }
}
