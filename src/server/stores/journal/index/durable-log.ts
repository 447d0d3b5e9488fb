import type { Cursor } from '../../../../protocol/cursor.ts'
import { ConditionVariable } from '../../condition-variable.ts'
import type { StoredEntry } from '../../entry.ts'
import type { Entry } from '../../store.ts'
import { DamagedLine } from '../format/damaged-line.ts'
import { type Facts, resolvedStatus } from '../format/facts.ts'
import { entryOfLine } from '../format/line.ts'
import { checkOf, LogCursor } from '../format/log-cursor.ts'
import type { Manifest } from '../format/manifest.ts'
import type { Latest } from './latest.ts'
import { Layer } from './layer.ts'
import { RecentEntries } from './recent-entries.ts'
import type { SealedIndex } from './sealed-index.ts'
import { type Segment, segmentOf } from './segment.ts'

/** An insight's version, as its line stands on disk: `length` in bytes. */
export interface Line {
  readonly alertId: string
  readonly sequence: number
  readonly facts: Facts
  readonly length: number
  readonly checksum: string
  /** Whether the alert had no version before. */
  readonly isNew: boolean
}

type OnDamage = (place: string, fault: string) => void

interface Parts {
  readonly manifest: Manifest
  /** Oldest first; never empty, and the last one is being written. */
  readonly segments: Segment[]
  /** Of all segments but the last. */
  readonly index: SealedIndex
  readonly onDamage: OnDamage
}

/**
 * What is on disk for certain, and all that readers may see: the segments, the index of those which are
 * sealed, and a layer over it for each that is not in the index yet.
 */
export class DurableLog {
  /** As it is on disk while the log is open. */
  manifest: Manifest
  readonly epoch: string
  readonly segments: Segment[]
  readonly index: SealedIndex
  /** Oldest first; never empty, and the last one is of the segment that is being written. */
  readonly layers: Layer[]
  /** The last sequence. */
  head: number
  /** The last line's checksum; empty before the first. */
  headChecksum: string
  readonly recent = new RecentEntries()
  readonly #onDamage: OnDamage
  /** Places that were reported. */
  readonly #damage = new Set<string>()
  /** Changed by each batch. */
  readonly changed = new ConditionVariable()

  constructor({ manifest, segments, index, onDamage }: Parts) {
    this.#onDamage = onDamage
    this.manifest = manifest
    this.epoch = manifest.epoch
    this.segments = segments
    this.index = index
    this.layers = [new Layer(segments.at(-1)!)]
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

  get active(): Segment {
    return this.segments.at(-1)!
  }

  /** Whether this log has another entry at a position than the one that the cursor stood for. */
  contradicts({ sequence, check }: Cursor): boolean {
    if (check === undefined || sequence < this.first) return false
    const checksum = this.segmentOf(sequence)?.readChecksum(sequence)
    return checksum !== undefined && checkOf(checksum) !== check
  }

  /** The segment that may hold a sequence. */
  segmentOf(sequence: number): Segment | undefined {
    const segment = segmentOf(this.segments, sequence)
    return segment && sequence >= segment.first && sequence < segment.next ? segment : undefined
  }

  /** An alert's latest version. */
  find(alertId: string): Latest | undefined {
    return this.#findBelow(alertId, this.layers.length)
  }

  /** Whether a version that was found in a layer, or in the index (-1), is still the latest. */
  isLatest(latest: Latest, layer: number): boolean {
    for (let above = this.layers.length - 1; above > layer; above--)
      if (this.layers[above]!.has(latest.alertId)) return false
    return true
  }

  /**
   * A version's entry, from disk; good until the next read. `nearby`: others beside it will be asked for next.
   * Undefined when retention has dropped it. Throws {@link DamagedLine}, which is reported already.
   */
  read({ sequence }: Pick<Latest, 'sequence'>, nearby = false): StoredEntry | undefined {
    try {
      return this.segmentOf(sequence)?.readEntry(this.epoch, sequence, nearby)
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

  /** Takes in a line of the last segment. */
  addLine({ alertId, sequence, facts, length, isNew }: Omit<Line, 'checksum'>): void {
    const { time, risk, type, status } = facts
    const layer = this.layers.at(-1)!
    const before = layer.get(alertId)
    const below = before ? before.below : this.#belowOf(alertId, isNew)
    const superseded = before ?? below
    layer.put({ alertId, sequence, time, risk, type, status, below })
    this.active.add(length)
    this.active.countLatest(status === resolvedStatus, 1)
    if (superseded)
      segmentOf(this.segments, superseded.sequence)?.countLatest(superseded.status === resolvedStatus, -1)
  }

  /** Shows a batch that has just become durable; `bytes` holds its lines, one after the other. */
  publish(lines: readonly Line[], bytes: Buffer): void {
    const entries: Entry[] = []
    let at = 0
    for (const line of lines) {
      this.addLine(line)
      entries.push(entryOfLine(this.epoch, line.sequence, bytes, at, (at += line.length)))
      this.headChecksum = line.checksum
    }
    this.head += entries.length
    this.recent.push({ entries, next: this.headCursor, size: bytes.length })
    this.changed.wakeAll()
  }

  /** Goes on in a new segment. */
  begin(segment: Segment): void {
    this.segments.push(segment)
    this.layers.push(new Layer(segment))
  }

  /** The oldest layers, so many, are in the index now. */
  dropLayers(count: number): void {
    this.index.refresh()
    for (const { segment } of this.layers.splice(0, count)) segment.seal()
  }

  /** Alerts are gone from the index, with these latest versions. */
  forget(gone: readonly Latest[]): void {
    this.index.refresh()
    for (const { alertId, sequence } of gone)
      for (const layer of this.layers) {
        const version = layer.get(alertId)
        if (version?.below?.sequence === sequence) version.below = undefined
      }
  }

  close(): void {
    for (const segment of this.segments) segment.close()
    this.index.close()
  }

  #belowOf(alertId: string, isNew: boolean): Latest | undefined {
    return isNew ? undefined : this.#findBelow(alertId, this.layers.length - 1)
  }

  /** The latest version below a layer, the index last. */
  #findBelow(alertId: string, layer: number): Latest | undefined {
    for (let at = layer - 1; at >= 0; at--) {
      const version = this.layers[at]!.get(alertId)
      if (version) return version
    }
    return this.index.find(alertId)
  }
}
