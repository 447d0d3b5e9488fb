import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { parseInsight } from '../../../../protocol/insight/read.ts'
import { TextEntry } from '../../entry.ts'
import type { Entry } from '../../store.ts'
import type { Item } from '../db.ts'
import { digestOf } from '../tables/item.ts'

/**
 * What the insight table held of the alert when its entry was written: the digest of an insight,
 * `absent`, or `same`: this very version, because another writer had put it there.
 */
type Mark = string

export interface Version {
  readonly alertId: string
  readonly json: string
  readonly digest: string
  readonly mark: Mark
}

/** Versions that one node wants in the log, all or none. */
interface Part {
  readonly nonce: string
  readonly count: number
}

/** One item of the log: versions `first` to `last`, in order, none missing. */
export interface Batch {
  readonly first: number
  readonly last: number
  readonly versions: readonly Version[]
  /** The groups of versions that it is made of, in order: its writer's own first, then those handed over to it. */
  readonly parts: readonly Part[]
  /** Names the attempt to write it: how a writer recognises its own after an answer was lost. */
  readonly nonce: string
  /** Seconds since the epoch. Never less than that of the batch before. */
  readonly ttl: number
}

/**
 * The item's attributes: partition `shard` (the epoch), sort `seq` (the first version's number, so
 * that two writers who saw the same end of the log want the same key), `last`, `nonce`, `ttl`,
 * `parts` where there are several, and `data`: per version one line, its mark, a space and its JSON, the whole deflated (RFC 1951).
 */
export function encodeBatch(shard: string, batch: Batch): Item {
  return {
    shard: { S: shard },
    seq: { N: String(batch.first) },
    last: { N: String(batch.last) },
    nonce: { S: batch.nonce },
    ...((batch.parts.length > 1 || batch.parts[0]?.nonce !== batch.nonce) && {
      parts: { S: batch.parts.map(({ nonce, count }) => `${nonce}:${count}`).join(',') },
    }),
    ttl: { N: String(batch.ttl) },
    data: { B: encodeVersions(batch.versions) },
  }
}

/** Bytes of `data` for these versions. */
export const deflatedSize = (versions: readonly Version[]): number => encodeVersions(versions).length

export const encodeVersions = (versions: readonly Version[]): Uint8Array =>
  deflateRawSync(versions.map(({ mark, json }) => `${mark} ${json}\n`).join(''))

export function decodeBatch(item: Item): Batch {
  const versions = decodeVersions(item['data']?.B)
  const nonce = item['nonce']?.S ?? ''
  const parts = item['parts']?.S?.split(',').map((part) => {
    const [name = '', count] = part.split(':')
    return { nonce: name, count: Number(count) }
  })
  return {
    parts: parts ?? [{ nonce, count: versions.length }],
    first: Number(item['seq']?.N),
    last: Number(item['last']?.N),
    versions,
    nonce,
    ttl: Number(item['ttl']?.N),
  }
}

export const decodeVersions = (data: Uint8Array = new Uint8Array()): Version[] =>
  (data.length === 0 ? Buffer.alloc(0) : inflateRawSync(data))
    .toString()
    .split('\n')
    .slice(0, -1)
    .map((line) => versionOf(line))

function versionOf(line: string): Version {
  const space = line.indexOf(' ')
  const json = line.slice(space + 1)
  return { alertId: alertIdOf(json), json, digest: digestOf(json), mark: line.slice(0, space) }
}

/** As an insight is written, its alert id comes first. */
const plainId = /^\{"alert_id":"([^"\\]*)"/

const alertIdOf = (json: string): string =>
  plainId.exec(json)?.[1] ?? (JSON.parse(json) as { alert_id: string }).alert_id

/** The entries of a batch after a sequence number; each parsed on first use. */
export const entriesOf = (epoch: string, { first, versions }: Batch, after: number): Entry[] =>
  versions.slice(Math.max(0, after - first + 1)).map(({ json }, at) => {
    const sequence = Math.max(first, after + 1) + at
    return new TextEntry({ epoch, sequence }, json, parseInsight)
  })
