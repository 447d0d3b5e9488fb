import type { Cursor } from '../../../../protocol/cursor.ts'
import type { StoredEntry } from '../../entry.ts'
import type { Entry, EntryBatch } from '../../store.ts'
import { DamagedLine } from '../format/damaged-line.ts'
import type { AlertTable } from './alert-table.ts'
import { type Facts, idText } from '../format/facts.ts'
import { checkOf, LogCursor } from '../format/log-cursor.ts'
import type { Manifest } from '../format/manifest.ts'
import { entryOfLine } from '../format/line.ts'
import { type Segment, segmentOf } from './segment.ts'

/** Batches that became durable last are kept for readers that are nearly there, up to so many entries and bytes. */
const recentEntries = 128
const recentBytes = 256 * 1024

/** An insight's version, as its line stands on disk: `length` in bytes. */
export interface Line {
  readonly alertId: string
  readonly sequence: number
  readonly facts: Facts
  readonly length: number
  readonly checksum: string
}

/** `size`: bytes on disk. */
interface RecentBatch extends EntryBatch {
  readonly size: number
}

type OnDamage = (place: string, fault: string) => void

/** What is on disk for certain, and all that readers may see: the segments and what they say. */
export class DurableLog {
  /** As it is on disk while the log is open. */
  manifest: Manifest
  readonly epoch: string
  readonly table: AlertTable
  /** Oldest first; never empty, and the last one is being written. */
  readonly segments: Segment[]
  /** The last one. */
  head: number
  /** The last line's checksum; empty before the first. */
  headChecksum: string
  readonly #onDamage: OnDamage
  /** Places that were reported. */
  readonly #damage = new Set<string>()
  #recent: RecentBatch[] = []
  #recentCount = 0
  #recentSize = 0
  readonly #waiting = new Set<() => void>()

  constructor(manifest: Manifest, segments: Segment[], table: AlertTable, onDamage: OnDamage) {
    this.#onDamage = onDamage
    this.manifest = manifest
    this.epoch = manifest.epoch
    this.segments = segments
    this.table = table
    this.head = segments.at(-1)!.next - 1
    this.headChecksum = this.segmentOf(this.head)?.readChecksum(this.head) ?? ''
  }

  /** The oldest sequence that can still be read; of what came before, only some latest versions are left. */
  get first(): number {
    return this.manifest.completeFrom
  }

  /** When the last line arrived, milliseconds since the epoch. */
  get lastArrival(): number | undefined {
    return this.segments.findLast(({ lastAt }) => lastAt !== undefined)?.lastAt
  }

  get headCursor(): LogCursor {
    return new LogCursor(this.epoch, this.head, this.headChecksum)
  }

  /** Whether this log has another entry at a position than the one that the cursor stood for. */
  contradicts({ sequence, check }: Cursor): boolean {
    const segment = check === undefined || sequence < this.first ? undefined : this.segmentOf(sequence)
    return segment !== undefined && checkOf(segment.readChecksum(sequence)) !== check
  }

  get active(): Segment {
    return this.segments.at(-1)!
  }

  /** The segment that holds a sequence; undefined when retention has dropped it. */
  segmentOf(sequence: number): Segment | undefined {
    const segment = segmentOf(this.segments, sequence)
    return segment?.has(sequence) ? segment : undefined
  }

  /** The slot of an alert, or -1. */
  find(alertId: string): number {
    const idLength = writeId(alertId)
    return this.table.ids.find(scratch, 0, idLength)
  }

  /**
   * The latest version, from disk; good until the next read. `nearby`: others beside it will be asked
   * for next. Throws {@link DamagedLine}, which is reported already.
   */
  readSlot(slot: number, nearby = false): StoredEntry {
    const sequence = this.table.sequence[slot]!
    try {
      return this.segmentOf(sequence)!.readEntry(this.epoch, sequence, nearby)
    } catch (error) {
      if (error instanceof DamagedLine) this.reportDamage(error)
      throw error
    }
  }

  /** Tells the operator, once for each place. */
  reportDamage({ place, fault }: DamagedLine): void {
    if (this.#damage.has(place)) return
    this.#damage.add(place)
    this.#onDamage(place, fault)
  }

  /** Shows a batch that has just become durable; `bytes` holds its lines, one after the other. */
  publish(lines: readonly Line[], bytes: Buffer): void {
    const entries: Entry[] = []
    let at = 0
    for (const { alertId, sequence, facts, length, checksum } of lines) {
      const idLength = writeId(alertId)
      this.active.add(length, this.table.put(sequence, facts, scratch, 0, idLength), sequence)
      entries.push(entryOfLine(this.epoch, sequence, bytes, at, (at += length)))
      this.headChecksum = checksum
    }
    this.head += entries.length
    this.#keep({ entries, next: this.headCursor, size: bytes.length })
    this.wake()
  }

  #keep(batch: RecentBatch): void {
    this.#recent.push(batch)
    this.#recentCount += batch.entries.length
    this.#recentSize += batch.size
    while (this.#recent.length > 1 && (this.#recentCount > recentEntries || this.#recentSize > recentBytes)) {
      const { entries, size } = this.#recent.shift()!
      this.#recentCount -= entries.length
      this.#recentSize -= size
    }
  }

  /** The batch that begins right after a sequence, when it is still in memory. */
  recentAfter(sequence: number): EntryBatch | undefined {
    return this.#recent.findLast((batch) => batch.next.sequence - batch.entries.length === sequence)
  }

  /** Calls back once, at the next batch or at the end of the log's use. Returns how to call that off. */
  onNext(callback: () => void): () => void {
    this.#waiting.add(callback)
    return () => this.#waiting.delete(callback)
  }

  wake(): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const callback of waiting) callback()
  }
}

/** Where an id's bytes stand after `writeId`, which may move it. No code unit takes more than six: `\\u001f`. */
let scratch = Buffer.allocUnsafeSlow(2048)

function writeId(alertId: string): number {
  if (alertId.length * 6 > scratch.length) scratch = Buffer.allocUnsafeSlow(alertId.length * 12)
  return scratch.write(idText(alertId), 0, 'utf8')
}
