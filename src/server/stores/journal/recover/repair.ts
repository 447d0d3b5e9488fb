import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../../../../program/failure.ts'
import { parseInsight } from '../../../../protocol/insight/read.ts'
import type { Logger } from '../../../telemetry/logger.ts'
import { factsOf } from '../format/facts.ts'
import { arrivalOf, faultOfLine, insightStart, sequenceOf } from '../format/line.ts'
import { LineBuffer } from '../format/line-buffer.ts'
import { syncDirectory } from '../write/log-file.ts'
import { newEpoch, readManifest, writeManifest } from '../format/manifest.ts'
import { parseSegmentName, segmentName } from '../index/segment.ts'

/**
 * Writes the intact lines of a damaged log anew, and the others to `damaged-….ndjson` beside it.
 *
 * What was lost leaves gaps, so the lines are numbered again, under a new epoch: every cursor from
 * before is `foreign` and its reader starts over, instead of being told that nothing is missing.
 * The manifest switches from the old files to the new ones in one step, so an interrupted repair
 * has changed nothing.
 */
export function repairLog(directory: string, logger: Logger, now: number): void {
  const from = damagedEpoch(directory)
  const to = newEpoch()
  const old = readdirSync(directory)
    .filter((name) => parseSegmentName(name)?.epoch === from)
    .sort()
  const asideName = `damaged-${new Date(now).toISOString().replaceAll(':', '-')}.ndjson`
  const aside: Buffer[] = []
  let last = 0
  let next = parseSegmentName(old[0] ?? '')?.first ?? 1
  for (const name of old) {
    const first = next
    const lines = new LineBuffer()
    const bytes = readFileSync(join(directory, name))
    for (const { line, intact } of splitLines(bytes)) {
      // A sequence that was there before is a copy.
      if (intact === undefined || intact.sequence <= last) aside.push(line)
      else {
        last = intact.sequence
        lines.add(next++, intact.at, intact.json)
      }
    }
    const kept = lines.take().bytes
    if (kept.length > 0 || name === old.at(-1)) writeDurably(join(directory, segmentName(to, first)), kept)
  }
  if (aside.length > 0)
    writeDurably(
      join(directory, asideName),
      Buffer.concat(aside.flatMap((line) => [line, Buffer.from('\n')])),
    )
  syncDirectory(directory)
  writeManifest(directory, { format: 2, epoch: to, groupedFrom: 1, completeFrom: 1 })
  for (const name of old) rmSync(join(directory, name))
  logger('warn', 'repaired the journal; every reader starts over', {
    set_aside: aside.length,
    file: aside.length > 0 ? join(directory, asideName) : undefined,
    kept_up_to: next - 1,
  })
}

function damagedEpoch(directory: string): string {
  const known = readManifest(directory)
  if (known !== undefined) return known.epoch
  const epochs = new Set(readdirSync(directory).flatMap((name) => parseSegmentName(name)?.epoch ?? []))
  const [epoch] = epochs
  if (epoch !== undefined && epochs.size === 1) return epoch
  throw new Failure(
    'failed',
    `${directory} holds segments of several logs and nothing that says which is in use`,
    {
      hint: 'move all but one log out of the directory',
    },
  )
}

interface Intact {
  readonly sequence: number
  readonly at: string
  readonly json: string
}

/** The lines, without their newlines; a last one without a newline was never whole. */
function* splitLines(bytes: Buffer): Generator<{ line: Buffer; intact: Intact | undefined }> {
  let start = 0
  for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
    yield { line: bytes.subarray(start, end), intact: intactLine(bytes, start, end) }
    start = end + 1
  }
  if (start < bytes.length) yield { line: bytes.subarray(start), intact: undefined }
}

const newline = 0x0a

function intactLine(bytes: Buffer, start: number, end: number): Intact | undefined {
  const sequence = sequenceOf(bytes, start, end)
  if (sequence === undefined || faultOfLine(bytes, start, end, sequence) !== undefined) return undefined
  const json = bytes.toString('utf8', insightStart(bytes, start, sequence), end - 1)
  try {
    factsOf(parseInsight(json))
  } catch {
    return undefined
  }
  return { sequence, at: arrivalOf(bytes, start, sequence), json }
}

function writeDurably(path: string, bytes: Buffer): void {
  const fd = openSync(path, 'w', 0o600)
  try {
    for (let written = 0; written < bytes.length;) written += writeSync(fd, bytes, written)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
