import { join } from 'node:path'
import type { DurableLog } from '../index/durable-log.ts'
import { type LogFile, type OpenLogFile, syncDirectory } from './log-file.ts'
import { Segment, segmentName } from '../index/segment.ts'

type IsFull = (segment: Segment, now: number) => boolean

/** Writes groups of lines to the last segment, and begins a new one when that is full. */
export class SegmentWriter {
  /** True once nobody can tell what the disk holds. */
  failed = false
  readonly #directory: string
  readonly #durable: DurableLog
  readonly #open: OpenLogFile
  readonly #isFull: IsFull
  #file: LogFile | undefined

  constructor(directory: string, durable: DurableLog, options: { open: OpenLogFile; isFull: IsFull }) {
    this.#directory = directory
    this.#durable = durable
    this.#open = options.open
    this.#isFull = options.isFull
  }

  /** Resolves when the lines are durable. When it rejects, none of them is part of the log. */
  async write(bytes: Uint8Array, now: number): Promise<void> {
    if (this.#durable.active.count > 0 && this.#isFull(this.#durable.active, now)) await this.rotate()
    const segment = this.#durable.active
    this.#file ??= await this.#open(segment.path, false)
    try {
      await this.#file.write(bytes, segment.size)
    } catch (error) {
      await this.#cutTail(this.#file, segment)
      throw error
    }
    try {
      await this.#file.sync()
    } catch (error) {
      this.failed = true
      await this.#cutTail(this.#file, segment)
      throw error
    }
    segment.firstAt ??= now
    segment.lastAt = now
  }

  /** Begins a new segment; the last one must not be empty. */
  async rotate(): Promise<void> {
    const first = this.#durable.active.next
    const path = join(this.#directory, segmentName(this.#durable.epoch, first))
    const file = await this.#open(path, true)
    syncDirectory(this.#directory)
    await this.#file?.close()
    this.#file = file
    this.#durable.segments.push(new Segment(path, first))
  }

  async close(): Promise<void> {
    await this.#file?.close()
    this.#file = undefined
  }

  /** A tail that can't be removed would stand before the next group. */
  async #cutTail(file: LogFile, segment: Segment): Promise<void> {
    try {
      await file.truncate(segment.size)
      if (!this.failed) await file.sync()
    } catch {
      this.failed = true
    }
  }
}
