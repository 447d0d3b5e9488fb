import type { Facts } from '../format/facts.ts'
import { IdIndex } from './id-index.ts'
import { SortedSlots } from './sorted-slots.ts'

/**
 * The latest version of every alert, as columns: what sorting, counting and most filters need. The
 * text itself stays on disk, at the place that `sequence` names. About 90 bytes an alert.
 */
export class AlertTable {
  readonly ids = new IdIndex()
  /** Of the latest version; 0 where a slot is free. */
  sequence = new Float64Array(1024)
  /** Milliseconds since the epoch. */
  time = new Float64Array(1024)
  risk = new Float64Array(1024)
  /** Index into {@link types}. */
  type = new Uint32Array(1024)
  status = new Uint8Array(1024)
  /** Names of prediction types; those that no alert has any more leave their place to new ones. */
  readonly types: string[] = []
  readonly #typeIds = new Map<string, number>()
  readonly #typeCounts: number[] = []
  readonly #freeTypes: number[] = []
  /** Told of each version that becomes its alert's latest (`by` 1), and of the one that it was (-1). */
  readonly #onLatest: (sequence: number, status: number, by: 1 | -1) => void
  /** Newest last. Undefined while loading: sorting once is cheaper. */
  #sorted: SortedSlots | undefined

  constructor(onLatest: (sequence: number, status: number, by: 1 | -1) => void) {
    this.#onLatest = onLatest
  }

  /** To be called once, when what was on disk has been put in. */
  loaded(): void {
    this.#sorted = new SortedSlots((a, b) => this.time[a]! - this.time[b]! || this.ids.compare(a, b))
    const slots: number[] = []
    for (let slot = 0; slot < this.ids.slots; slot++) if (this.sequence[slot] !== 0) slots.push(slot)
    this.#sorted.build(slots)
  }

  /** Makes this the alert's latest version; gives its slot. The bytes are the id's {@link idText}. */
  put(sequence: number, facts: Facts, bytes: Uint8Array, idStart: number, idEnd: number): number {
    let slot = this.ids.find(bytes, idStart, idEnd)
    if (slot < 0) {
      slot = this.ids.add(bytes, idStart, idEnd)
      if (slot >= this.time.length) this.#grow()
      this.time[slot] = facts.time
      this.#sorted?.insert(slot)
    } else {
      this.#onLatest(this.sequence[slot]!, this.status[slot]!, -1)
      this.#releaseType(this.type[slot]!)
      if (this.time[slot] !== facts.time) {
        this.#sorted?.remove(slot)
        this.time[slot] = facts.time
        this.#sorted?.insert(slot)
      }
    }
    this.sequence[slot] = sequence
    this.risk[slot] = facts.risk
    this.type[slot] = this.#typeId(facts.type)
    this.status[slot] = facts.status
    this.#onLatest(sequence, facts.status, 1)
    return slot
  }

  remove(slot: number): void {
    this.#sorted?.remove(slot)
    this.#releaseType(this.type[slot]!)
    this.sequence[slot] = 0
    this.ids.remove(slot)
  }

  /**
   * Up to `count` slots in descending order of (time, id), from the first that stands before
   * (`time`, `id`); an empty id stands before all ids.
   */
  newestBelow(time: number, id: string, count: number): number[] {
    const probe = (slot: number) => this.time[slot]! - time || this.ids.compareText(slot, id)
    return this.#sorted?.below(time === Infinity ? undefined : probe, count) ?? []
  }

  #typeId(name: string): number {
    let id = this.#typeIds.get(name)
    if (id === undefined) {
      id = this.#freeTypes.pop() ?? this.types.length
      this.types[id] = name
      this.#typeCounts[id] = 0
      this.#typeIds.set(name, id)
    }
    this.#typeCounts[id]!++
    return id
  }

  #releaseType(id: number): void {
    if (--this.#typeCounts[id]! > 0) return
    this.#typeIds.delete(this.types[id]!)
    this.#freeTypes.push(id)
  }

  #grow(): void {
    this.sequence = grown(this.sequence)
    this.time = grown(this.time)
    this.risk = grown(this.risk)
    const type = new Uint32Array(this.type.length * 2)
    type.set(this.type)
    this.type = type
    const status = new Uint8Array(this.status.length * 2)
    status.set(this.status)
    this.status = status
  }
}

function grown(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const wider = new Float64Array(column.length * 2)
  wider.set(column)
  return wider
}
