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

/** One item of the log: versions `first` to `last`, in order, none missing. */
export interface Batch {
  readonly first: number
  readonly last: number
  readonly versions: readonly Version[]
  /** Names the attempt to write it: how a writer recognises its own after an answer was lost. */
  readonly nonce: string
  /** Seconds since the epoch. Never less than that of the batch before. */
  readonly ttl: number
}

/**
 * The item's attributes: partition `shard` (the epoch), sort `seq` (the first version's number, so
 * that two writers who saw the same end of the log want the same key), `last`, `nonce`, `ttl`, and
 * `data`: per version one line, its mark, a space and its JSON, the whole deflated (RFC 1951).
 */
export function encodeBatch(shard: string, batch: Batch): Item {
  return {
    shard: { S: shard },
    seq: { N: String(batch.first) },
    last: { N: String(batch.last) },
    nonce: { S: batch.nonce },
    ttl: { N: String(batch.ttl) },
    data: { B: deflate(batch.versions) },
  }
}

/** Bytes of `data` for these versions. */
export const deflatedSize = (versions: readonly Version[]): number => deflate(versions).length

const deflate = (versions: readonly Version[]) =>
  deflateRawSync(versions.map(({ mark, json }) => `${mark} ${json}\n`).join(''))

export function decodeBatch(item: Item): Batch {
  const text = inflateRawSync(item['data']?.B ?? new Uint8Array()).toString()
  const versions = text
    .split('\n')
    .slice(0, -1)
    .map((line) => versionOf(line))
  return {
    first: Number(item['seq']?.N),
    last: Number(item['last']?.N),
    versions,
    nonce: item['nonce']?.S ?? '',
    ttl: Number(item['ttl']?.N),
  }
}

function versionOf(line: string): Version {
  const space = line.indexOf(' ')
  const json = line.slice(space + 1)
  const { alert_id: alertId } = JSON.parse(json) as { alert_id: string }
  return { alertId, json, digest: digestOf(json), mark: line.slice(0, space) }
}

/** The entries of a batch after a sequence number; each parsed on first use. */
export const entriesOf = (epoch: string, { first, versions }: Batch, after: number): Entry[] =>
  versions.slice(Math.max(0, after - first + 1)).map(({ json }, at) => {
    const sequence = Math.max(first, after + 1) + at
    return new TextEntry({ epoch, sequence }, json, parseInsight)
  })
