import type { Filter } from '../protocol/filter.ts'
import { insightFrame } from '../protocol/frames.ts'
import type { Insight } from '../protocol/insight.ts'
import { type Chunk, emptyChunk, joinChunk } from './chunk.ts'
import type { Entry } from './stores/store.ts'

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
  const frames = entries.map(({ cursor, json }) => insightFrame(cursor, json))
  const ends = new Uint32Array(frames.length)
  let size = 0
  for (const [index, frame] of frames.entries()) ends[index] = size += Buffer.byteLength(frame)
  const chunk = emptyChunk(size)
  let offset = 0
  for (const frame of frames) offset += chunk.plain.write(frame, offset)
  const first = entries[0]?.cursor.sequence ?? 0
  return { chunk, ends, first, last: first + entries.length - 1 }
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
export function frameOf({ chunk, ends }: Block, index: number): Buffer {
  return chunk.plain.subarray(index === 0 ? 0 : ends[index - 1], ends[index])
}

/** The insight in a frame, parsed from its bytes. */
export const insightOf = (frame: Buffer): Insight =>
  JSON.parse(frame.toString('utf8', frame.indexOf(beforeInsight) + beforeInsight.length)) as Insight

const beforeInsight = '\ndata: '
