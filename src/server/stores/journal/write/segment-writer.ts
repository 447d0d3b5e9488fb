import { statSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { DurableLog } from '../index/durable-log.ts'
import type { Lock } from './lock.ts'
import { type LogFile, type OpenLogFile, syncDirectory } from './log-file.ts'
import { Segment, segmentName } from '../index/segment.ts'

interface Options {
  readonly open: OpenLogFile
  readonly isFull: (segment: Segment, now: number) => boolean
  readonly lock: Pick<Lock, 'fault'>
}

/** What a probe writes: more than a group of common size, so that a disk that takes it takes that, too. */
const probe = Buffer.alloc(64 * 1024)

/** Writes groups of lines to the last segment, and begins a new one when that is full. */
export class SegmentWriter {
  /** True once nobody can tell what the disk holds, or who else writes there. */
  failed = false
  readonly #directory: string
  readonly #durable: DurableLog
  readonly #options: Options
  #file: LogFile

  /** Opens the last segment at once: later its path might lead to another process's file. */
  static async open(directory: string, durable: DurableLog, options: Options): Promise<SegmentWriter> {
    return new SegmentWriter(directory, durable, options, await options.open(durable.active.path, false))
  }

  private constructor(directory: string, durable: DurableLog, options: Options, file: LogFile) {
    this.#directory = directory
    this.#durable = durable
    this.#options = options
    this.#file = file
  }

  /** Why nothing that is written now is sure to stay part of the log; undefined while it is. */
  fault(): string | undefined {
    const fault = this.#options.lock.fault()
    if (fault !== undefined || this.#file.isInPlace()) return fault
    return `${this.#durable.active.path} was removed or replaced`
  }

  /** Throws when there is a {@link fault}. */
  checkOwnership(): void {
    const fault = this.fault()
    if (fault === undefined) return
    this.failed = true
    throw new Error(fault)
  }

  /** Resolves when the lines are durable and part of the log. When it rejects, none of them is. */
  async write(bytes: Uint8Array, now: number): Promise<void> {
    if (this.#durable.active.count > 0 && this.#options.isFull(this.#durable.active, now)) await this.rotate()
    const segment = this.#durable.active
    await this.#writeTail(bytes, segment)
    segment.firstAt ??= now
    segment.lastAt = now
  }

  /** Rejects when a write would fail again. Leaves nothing behind. */
  async probe(now: number): Promise<void> {
    if (this.#durable.active.count > 0 && this.#options.isFull(this.#durable.active, now)) await this.rotate()
    await this.#writeTail(probe, this.#durable.active)
    await this.#cutTail(this.#durable.active)
    if (this.failed) throw new Error('what a test of the disk wrote could not be removed')
  }

  /** Begins a new segment; the last one must not be empty. */
  async rotate(): Promise<void> {
    this.checkOwnership()
    const first = this.#durable.active.next
    const path = join(this.#directory, segmentName(this.#durable.epoch, first))
    removeIfEmpty(path)
    const file = await this.#options.open(path, true)
    try {
      syncDirectory(this.#directory)
      this.checkOwnership()
      this.#durable.begin(new Segment(path, first))
    } catch (error) {
      if (file.isInPlace()) unlinkSync(path)
      await file.close()
      throw error
    }
    const full = this.#file
    this.#file = file
    await full.close()
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  async #writeTail(bytes: Uint8Array, segment: Segment): Promise<void> {
    try {
      await this.#file.write(bytes, segment.size)
    } catch (error) {
      await this.#cutTail(segment)
      throw error
    }
    try {
      await this.#file.sync()
      this.checkOwnership()
    } catch (error) {
      this.failed = true
      await this.#cutTail(segment)
      throw error
    }
  }

  /** A tail that can't be removed would stand before the next group. */
  async #cutTail(segment: Segment): Promise<void> {
    try {
      await this.#file.truncate(segment.size)
      if (!this.failed) await this.#file.sync()
    } catch {
      this.failed = true
    }
  }
}

/** What a process that was about to begin this segment, and has lost the directory since, may have left. */
function removeIfEmpty(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.size === 0) unlinkSync(path)
}
