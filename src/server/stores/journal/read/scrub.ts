import { type FileHandle, open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { DamagedLine } from '../format/damaged-line.ts'
import { faultOfLine, sequenceOf } from '../format/line.ts'
import type { DurableLog } from '../index/durable-log.ts'
import type { Segment } from '../index/segment.ts'

/** Read at once, and then nothing for so long: about a megabyte a second. */
const chunkBytes = 256 * 1024
const pauseMs = 250
const newline = 0x0a

export interface ScrubOptions {
  readonly signal: AbortSignal
  /** Milliseconds between two reads. 250 by default. */
  readonly pauseMs?: number | undefined
}

/**
 * Reads the segments that are not written to any more, one after the other and for ever, slowly, so
 * that damage is told before somebody needs what is damaged. Ends when the signal aborts.
 */
export async function scrubLog(log: DurableLog, options: ScrubOptions): Promise<void> {
  const { signal } = options
  for (let first = 0; !signal.aborted;) {
    const segment = log.segments.slice(0, -1).find((one) => one.first > first)
    if (segment) await scrubSegment(log, segment, options)
    else await pause(options)
    first = segment?.first ?? 0
  }
}

const pause = ({ signal, pauseMs: ms = pauseMs }: ScrubOptions) =>
  sleep(ms, undefined, { signal, ref: false }).catch(() => {})

async function scrubSegment(log: DurableLog, segment: Segment, options: ScrubOptions): Promise<void> {
  const file = await open(segment.path, 'r').catch(() => undefined)
  if (!file) return
  try {
    await scrubFile(file, options, (line, fault) => {
      // What retention has replaced meanwhile is nobody's any more.
      if (log.segments.includes(segment)) log.reportDamage(new DamagedLine(`${segment.path}:${line}`, fault))
    })
  } finally {
    await file.close()
  }
}

async function scrubFile(
  file: FileHandle,
  options: ScrubOptions,
  report: (line: number, fault: string) => void,
): Promise<void> {
  let buffer = Buffer.allocUnsafeSlow(chunkBytes)
  let line = 1
  for (let position = 0; !options.signal.aborted;) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position)
    if (bytesRead === 0) return
    let at = 0
    for (let end = buffer.indexOf(newline); end >= 0 && end < bytesRead; end = buffer.indexOf(newline, at)) {
      const sequence = sequenceOf(buffer, at, end)
      const fault = sequence === undefined ? 'is no journal line' : faultOfLine(buffer, at, end, sequence)
      if (fault !== undefined) report(line, fault)
      line++
      at = end + 1
    }
    if (at === 0 && bytesRead < buffer.length) return report(line, 'has no end')
    // A line longer than the buffer.
    if (at === 0) buffer = Buffer.allocUnsafeSlow(buffer.length * 2)
    position += at
    await pause(options)
  }
}
