import { renameSync, unlinkSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { resolvedStatus } from '../format/facts.ts'
import { LineBuffer } from '../format/line-buffer.ts'
import type { DurableLog } from '../index/durable-log.ts'
import { Segment } from '../index/segment.ts'
import { syncDirectory } from './log-file.ts'

/** Written at once. */
const groupBytes = 256 * 1024
/** Others get a turn after so many lines. */
const sliceLines = 256

/**
 * Writes what is to be kept of neighbouring segments into one, in the place of the first. The log must be
 * incomplete there already (`completeFrom`). A crash leaves the old files or the new one, or both, and
 * then the lines that are there twice are known by their sequences.
 */
export async function rewriteSegments(
  log: DurableLog,
  old: readonly Segment[],
  keeps: (sequence: number, slot: number) => boolean,
): Promise<void> {
  const [head] = old
  if (!head) return
  const kept = old.some((segment) => linesOf(segment).some(([sequence, slot]) => keeps(sequence, slot)))
  const segment = kept ? await writeKept(log, old, keeps) : undefined
  const at = log.segments.indexOf(head)
  log.segments.splice(at, old.length, ...(segment ? [segment] : []))
  for (const one of old) {
    one.close()
    if (one !== head || !segment) unlinkSync(one.path)
  }
  syncDirectory(dirname(head.path))
  await forgetDropped(log, old, segment)
}

async function writeKept(
  log: DurableLog,
  old: readonly Segment[],
  keeps: (sequence: number, slot: number) => boolean,
): Promise<Segment> {
  const { path, first } = old[0]!
  const temporary = `${path}.new`
  const lines = new LineBuffer()
  const added: [length: number, slot: number, sequence: number][] = []
  const file = await open(temporary, 'w', 0o600)
  const flush = async () => {
    const { bytes, groupLength } = lines.take()
    if (bytes.length === 0) return
    added.at(-1)![0] += groupLength
    await file.writeFile(bytes)
  }
  try {
    let seen = 0
    for (const segment of old)
      for (const [sequence, slot] of linesOf(segment)) {
        if (++seen % sliceLines === 0) await new Promise(setImmediate)
        if (!keeps(sequence, slot)) continue
        const { at, json } = segment.readText(sequence)
        added.push([lines.add(sequence, at, json).length, slot, sequence])
        if (lines.length >= groupBytes) await flush()
      }
    await flush()
    await file.sync()
  } finally {
    await file.close()
  }
  renameSync(temporary, path)
  const segment = new Segment(path, first, { hasGaps: true })
  for (const line of added) segment.add(...line)
  segment.noteArrivals()
  for (const [, slot, sequence] of added)
    if (log.table.sequence[slot] === sequence)
      segment.countLatest(log.table.status[slot] === resolvedStatus, 1)
  return segment
}

/** An alert whose latest version was dropped is not there any more. */
async function forgetDropped(
  log: DurableLog,
  old: readonly Segment[],
  kept: Segment | undefined,
): Promise<void> {
  let seen = 0
  for (const segment of old)
    for (const [sequence, slot] of linesOf(segment)) {
      if (++seen % sliceLines === 0) await new Promise(setImmediate)
      if (log.table.sequence[slot] === sequence && !kept?.has(sequence)) log.table.remove(slot)
    }
}

function* linesOf(segment: Segment): Generator<readonly [sequence: number, slot: number]> {
  for (let index = 0; index < segment.count; index++) yield [segment.sequenceAt(index), segment.slotAt(index)]
}
