import type { Filter } from '../protocol/filter.ts'
import type { Insight } from '../protocol/insight.ts'
import { type Block, frameOf, insightOf } from './block.ts'

/** What lies after a position: its frames, and the position that they pass. */
export interface Slice {
  readonly pieces: readonly Buffer[]
  readonly next: number
}

/**
 * The newest frames of the log, already encoded, so that a resume costs a copy and no read.
 * Bounded by frames and by bytes; the oldest blocks go first.
 */
export class FrameRing {
  private blocks: Block[] = []
  private bytes = 0
  private frames = 0
  /** Of the blocks that a filter has looked at: the next reader that comes back with one looks at the same. */
  private readonly parsed = new WeakMap<Block, readonly Insight[]>()
  private readonly most: { readonly frames: number; readonly bytes: number }
  /** Positions from here on can be continued without a gap. */
  floor: number

  constructor(position: number, most: { readonly frames: number; readonly bytes: number }) {
    this.floor = position
    this.most = most
  }

  push(block: Block): void {
    this.blocks.push(block)
    this.bytes += block.chunk.plain.length
    this.frames += block.ends.length
    while (this.blocks.length > 1 && (this.bytes > this.most.bytes || this.frames > this.most.frames)) {
      const oldest = this.blocks.shift()
      if (!oldest) return
      this.bytes -= oldest.chunk.plain.length
      this.frames -= oldest.ends.length
      this.floor = oldest.last
    }
  }

  /**
   * Up to about `most` bytes of matching frames after `position`, which is not below `floor`.
   * Looks at a bounded number of entries, so that a narrow filter can't hold up the others.
   */
  after(position: number, filter: Filter | undefined, most: number): Slice {
    const pieces: Buffer[] = []
    let size = 0
    let next = position
    let looked = 0
    for (let at = this.find(position + 1); at < this.blocks.length; at++) {
      const block = this.blocks[at] as Block
      const insights = filter && this.insightsOf(block)
      for (let index = next + 1 - block.first; index < block.ends.length; index++) {
        if (!filter || filter.matches(insights![index]!)) {
          const piece = frameOf(block, index)
          pieces.push(piece)
          size += piece.length
        }
        next++
        if (size >= most || ++looked >= mostLooks) return { pieces, next }
      }
    }
    return { pieces, next }
  }

  private insightsOf(block: Block): readonly Insight[] {
    let insights = this.parsed.get(block)
    if (!insights) {
      insights = Array.from(block.ends, (_, index) => insightOf(frameOf(block, index)))
      this.parsed.set(block, insights)
    }
    return insights
  }

  /** The index of the block that holds a sequence, or of the first one after it. */
  private find(sequence: number): number {
    let low = 0
    let high = this.blocks.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.blocks[middle] as Block).last < sequence) low = middle + 1
      else high = middle
    }
    return low
  }
}

const mostLooks = 4096
