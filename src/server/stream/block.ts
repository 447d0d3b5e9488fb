import type { Filter } from '../../protocol/filter/filter.ts'
import { frameEnd, insightFrameHead } from '../../protocol/frames.ts'
import type { Insight } from '../../protocol/insight/insight.ts'
import { parseInsight } from '../../protocol/insight/read.ts'
import { type Chunk, emptyChunk, joinChunk } from './chunk.ts'
import type { Entry } from '../stores/store.ts'

/** A run of log entries without a gap, encoded once. It keeps their bytes, off the heap, and nothing else of them. */
export interface Block {
  readonly chunk: Chunk
  /** Where each entry's frame ends in `chunk.plain`. */
  readonly ends: Uint32Array
  readonly first: number
  readonly last: number
}

/** `entries` has at least one and no gap. */
export function encodeBlock(entries: readonly Entry[]): Block {
  const ends = new Uint32Array(entries.length)
  const chunk = encodeFrames(entries, { ends })
  const first = entries[0]?.cursor.sequence ?? 0
  return { chunk, ends, first, last: first + entries.length - 1 }
}

/** The frames of at least one entry, one after the other; notes in `ends` where each ends. For `spent` see {@link emptyChunk}. */
export function encodeFrames(
  entries: readonly Entry[],
  { ends, spent }: { readonly ends?: Uint32Array; readonly spent?: Chunk | undefined } = {},
): Chunk {
  const heads = entries.map(({ cursor }) => insightFrameHead(cursor))
  let size = 0
  for (const [index, { size: bytes }] of entries.entries())
    size += heads[index]!.length + bytes + frameEnd.length
  const chunk = emptyChunk(size, spent)
  const { plain } = chunk
  let at = 0
  for (const [index, entry] of entries.entries()) {
    at += plain.write(heads[index]!, at, 'latin1')
    entry.copyTo(plain, at)
    at += entry.size
    at += plain.write(frameEnd, at, 'latin1')
    if (ends) ends[index] = at
  }
  return chunk
}

/** What a filter lets through of a block and its entries; the block's own chunk when it is all of it, undefined when it is nothing. */
export function selectFrames(
  block: Block,
  entries: readonly Entry[],
  filter: Filter | undefined,
): { readonly chunk: Chunk; readonly count: number } | undefined {
  const { chunk } = block
  if (!filter) return { chunk, count: entries.length }
  const pieces: Buffer[] = []
  for (const [index, entry] of entries.entries())
    if (filter.matches(entry.insight)) pieces.push(frameOf(block, index))
  if (pieces.length === 0) return undefined
  return { chunk: pieces.length === entries.length ? chunk : joinChunk(pieces), count: pieces.length }
}

/** One entry's frame, by its index in the block. Not a copy. */
function frameOf({ chunk, ends }: Block, index: number): Buffer {
  return chunk.plain.subarray(index === 0 ? 0 : ends[index - 1], ends[index])
}

/** The insight in a frame, parsed from its bytes. */
export const insightOf = (frame: Buffer): Insight =>
  parseInsight(frame.toString('utf8', frame.indexOf(beforeInsight) + beforeInsight.length))

const beforeInsight = '\ndata: '
