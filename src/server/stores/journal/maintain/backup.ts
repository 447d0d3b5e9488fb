import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { Failure } from '../../../../program/failure.ts'
import { checksumOf } from '../format/line.ts'
import { manifestName, writeManifest } from '../format/manifest.ts'
import { syncDirectory } from '../write/log-file.ts'
import { type JournalFile, listJournal, readIfThere } from './journal-files.ts'
import { checkFile, type OnProgress } from './verify.ts'

export interface CopyReport {
  readonly insights: number
  /** Bytes of segments. */
  readonly bytes: number
  /** The last sequence. */
  readonly head: number
}

const maxTries = 100

/**
 * Copies a journal, also one that a server is writing to: the copy is the log as it was at one
 * moment, up to the last whole write, and every line of it has been checked. `to` must hold no journal; it
 * is one only once the copy is complete. Throws a {@link Failure} where the journal is damaged.
 */
export async function copyJournal(from: string, to: string, onProgress: OnProgress): Promise<CopyReport> {
  if (existsSync(join(to, manifestName)))
    throw new Failure('failed', `${to} holds a journal already`, {
      hint: 'name a directory that is new or empty',
    })
  mkdirSync(to, { recursive: true, mode: 0o700 })
  const copied = new Map<string, Copied>()
  for (let tries = 1; tries <= maxTries; tries++) {
    const listed = listJournal(from)
    const total = listed.files.reduce((sum, { size }) => sum + size, 0)
    let done = 0
    let complete = true
    for (const file of listed.files) {
      const isLast = file === listed.files.at(-1)
      const known = copied.get(file.name)
      if (isLast || known?.identity !== file.identity || known.size !== file.size) {
        const content = readIfThere(file.path)
        complete &&= content !== undefined
        if (content) copied.set(file.name, copyFile(content, file, listed, to))
      }
      onProgress((done += file.size), total)
      await turn()
    }
    if (complete && isUnchanged(listed, listJournal(from))) return finish(listed, copied, to)
  }
  throw new Failure('failed', `${from} changes all the time`, {
    hint: 'try again when less is dropped from it',
  })
}

interface Copied {
  readonly identity: string
  /** Of the file that was copied, in bytes. */
  readonly size: number
  readonly lines: number
  readonly next: number
  readonly whole: { readonly size: number; readonly checksum: string }
}

function copyFile(
  content: Buffer,
  file: JournalFile,
  listed: ReturnType<typeof listJournal>,
  to: string,
): Copied {
  const { damage, whole, lines, next } = checkFile(content, file, listed)
  const [first] = damage
  if (first)
    throw new Failure('failed', `the journal is damaged: ${file.path}:${first.line} ${first.message}`, {
      hint: 'nothing was copied; "iops journal verify" names all damage, "iops serve --repair" sets it aside',
    })
  writeFileSync(join(to, file.name), whole, { mode: 0o600, flush: true })
  const checksum = whole.length === 0 ? '' : checksumOf(whole, whole.lastIndexOf('\n', whole.length - 2) + 1)
  return {
    identity: file.identity,
    size: content.length,
    lines,
    next,
    whole: { size: whole.length, checksum },
  }
}

/** Whether nothing was dropped, joined or taken away meanwhile. That something was added does no harm. */
function isUnchanged(before: ReturnType<typeof listJournal>, now: ReturnType<typeof listJournal>): boolean {
  if (before.manifest.epoch !== now.manifest.epoch) return false
  if (before.manifest.completeFrom !== now.manifest.completeFrom) return false
  return before.files.every((file, index) => {
    const isLast = index === before.files.length - 1
    const same = now.files[index]
    return same?.name === file.name && same.identity === file.identity && (isLast || same.size === file.size)
  })
}

function finish(
  { manifest, files }: ReturnType<typeof listJournal>,
  copied: Map<string, Copied>,
  to: string,
): CopyReport {
  for (const name of copied.keys())
    if (!files.some((file) => file.name === name)) rmSync(join(to, name), { force: true })
  syncDirectory(to)
  const kept = files.map(({ name }) => copied.get(name)!)
  const last = kept.at(-1)
  const head = (last?.next ?? 1) - 1
  const segment = files.at(-1)?.name
  const stop =
    last && segment
      ? { segment, size: last.whole.size, sequence: head, crc32: last.whole.checksum }
      : undefined
  const { stop: _, ...rest } = manifest
  const groupedFrom = Number.isFinite(rest.groupedFrom) ? rest.groupedFrom : head + 1
  writeManifest(to, { ...rest, groupedFrom, ...(stop && { stop }) })
  return {
    insights: kept.reduce((sum, { lines }) => sum + lines, 0),
    bytes: kept.reduce((sum, { whole }) => sum + whole.size, 0),
    head,
  }
}
