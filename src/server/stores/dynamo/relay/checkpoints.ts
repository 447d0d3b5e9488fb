import { randomBytes } from 'node:crypto'
import type { Db, Item } from '../db.ts'

/** What was known at a position of the log: see `Fingerprints.dump`. */
export interface Checkpoint {
  readonly at: number
  readonly fingerprints: Uint32Array
}

/** Under DynamoDB's 400 KB an item. */
const numbersPerItem = 80_000

/**
 * What has been in the log, or was there before it, outlives the log here: in the log's table under
 * partitions of their own. One item names the checkpoint in force, so that readers never see half of one.
 */
export class Checkpoints {
  readonly #db: Db
  readonly #table: string
  readonly #epoch: string
  /** The checkpoint that was in force when it was last looked at. */
  #current: { readonly nonce: string; readonly parts: number } | undefined

  constructor(db: Db, table: string, epoch: string) {
    this.#db = db
    this.#table = table
    this.#epoch = epoch
  }

  /** Undefined without one, or where some of it is gone. */
  async load(): Promise<Checkpoint | undefined> {
    const item = await this.#look()
    if (!item || !this.#current) return undefined
    const { nonce, parts } = this.#current
    const pieces: Uint32Array[] = []
    for (let part = 0; part < parts; part++) {
      const piece = await this.#db.get(this.#table, this.#partKey(nonce, part))
      const bytes = piece?.['data']?.B
      if (!bytes) return undefined
      pieces.push(numbersOf(bytes))
    }
    return { at: Number(item['at']?.N), fingerprints: joined(pieces) }
  }

  /** False when another node was first: its checkpoint is in force, and as good. */
  async save({ at, fingerprints }: Checkpoint, ttl: number): Promise<boolean> {
    const former = this.#current
    const nonce = randomBytes(8).toString('hex')
    const parts = Math.ceil(fingerprints.length / numbersPerItem)
    for (let part = 0; part < parts; part++)
      await this.#db.put(this.#table, {
        ...this.#partKey(nonce, part),
        data: { B: bytesOf(fingerprints.subarray(part * numbersPerItem, (part + 1) * numbersPerItem)) },
        ttl: { N: String(ttl) },
      })
    const item: Item = {
      ...this.#key,
      nonce: { S: nonce },
      parts: { N: String(parts) },
      at: { N: String(at) },
      saved: { N: String(this.#db.now()) },
      ttl: { N: String(ttl) },
    }
    const condition = former ? { nonce: { S: former.nonce } } : { nonce: 'absent' as const }
    const isOurs = (await this.#db.put(this.#table, item, condition)) === 'done'
    await this.#drop(isOurs ? former : { nonce, parts })
    if (isOurs) this.#current = { nonce, parts }
    else await this.#look()
    return isOurs
  }

  /** When the checkpoint in force was saved, in ms since the epoch; 0 without one. */
  async savedAt(): Promise<number> {
    return Number((await this.#look())?.['saved']?.N ?? 0)
  }

  async #look(): Promise<Item | undefined> {
    const item = await this.#db.get(this.#table, this.#key)
    const nonce = item?.['nonce']?.S
    this.#current = nonce === undefined ? undefined : { nonce, parts: Number(item?.['parts']?.N) }
    return item
  }

  async #drop(unused: { readonly nonce: string; readonly parts: number } | undefined): Promise<void> {
    if (!unused) return
    for (let part = 0; part < unused.parts; part++)
      await this.#db.remove(this.#table, this.#partKey(unused.nonce, part))
  }

  get #key(): Item {
    return { shard: { S: `${this.#epoch}#checkpoint` }, seq: { N: '0' } }
  }

  #partKey(nonce: string, part: number): Item {
    return { shard: { S: `${this.#epoch}#checkpoint#${nonce}` }, seq: { N: String(part) } }
  }
}

function joined(pieces: readonly Uint32Array[]): Uint32Array {
  const whole = new Uint32Array(pieces.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}

/** Big endian, whatever the machine. */
function bytesOf(numbers: Uint32Array): Uint8Array {
  const bytes = Buffer.alloc(numbers.length * 4)
  for (const [at, number] of numbers.entries()) bytes.writeUInt32BE(number, at * 4)
  return bytes
}

function numbersOf(bytes: Uint8Array): Uint32Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Uint32Array.from({ length: buffer.length >> 2 }, (_, at) => buffer.readUInt32BE(at * 4))
}
