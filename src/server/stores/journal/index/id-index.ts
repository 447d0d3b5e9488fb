/** UTF-8 puts U+E000–U+FFFF before the surrogate pairs, UTF-16 (JavaScript's order) after them. */
const rank = (byte: number) => (byte === 0xee || byte === 0xef ? byte + 0x10 : byte)
const backslash = 92

/**
 * Alert ids and the small numbers (slots) that stand for them. The ids' bytes (as {@link idText}
 * gives them) lie in one buffer with an open hash table over it: a million ids cost about 50 MB
 * and nothing for the garbage collector to walk.
 */
export class IdIndex {
  #bytes = Buffer.allocUnsafe(1 << 16)
  #used = 0
  #live = 0
  #at = new Uint32Array(1024)
  #length = new Uint32Array(1024)
  #hash = new Uint32Array(1024)
  /** Slot + 1; 0 is empty. */
  #table = new Int32Array(4096)
  readonly #seed = (Math.random() * 2 ** 32) | 0
  readonly #free: number[] = []
  #slots = 0
  #count = 0

  /** How many slots were ever in use: all slots are below. */
  get slots(): number {
    return this.#slots
  }

  get count(): number {
    return this.#count
  }

  /** The slot of an id, or -1. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const hash = this.#hashOf(bytes, start, end)
    const mask = this.#table.length - 1
    for (let place = hash & mask; ; place = (place + 1) & mask) {
      const slot = this.#table[place]! - 1
      if (slot < 0) return -1
      if (this.#hash[slot] === hash && this.#equals(slot, bytes, start, end)) return slot
    }
  }

  /** The id must not be there yet. */
  add(bytes: Uint8Array, start: number, end: number): number {
    const slot = this.#free.pop() ?? this.#slots++
    if (slot >= this.#at.length) this.#growSlots()
    if (++this.#count * 2 > this.#table.length) this.#rebuildTable(this.#table.length * 2)
    const length = end - start
    this.#reserve(length)
    this.#bytes.set(bytes.subarray(start, end), this.#used)
    this.#at[slot] = this.#used
    this.#length[slot] = length
    this.#used += length
    this.#live += length
    this.#hash[slot] = this.#hashOf(bytes, start, end)
    this.#place(slot)
    return slot
  }

  remove(slot: number): void {
    const table = this.#table
    const mask = table.length - 1
    let hole = this.#hash[slot]! & mask
    while (table[hole] !== slot + 1) hole = (hole + 1) & mask
    // Whoever stands further on only because this place was taken moves up.
    for (let next = (hole + 1) & mask; table[next] !== 0; next = (next + 1) & mask) {
      const home = this.#hash[table[next]! - 1]! & mask
      if (((next - home) & mask) < ((next - hole) & mask)) continue
      table[hole] = table[next]!
      hole = next
    }
    table[hole] = 0
    this.#live -= this.#length[slot]!
    this.#length[slot] = 0
    this.#count--
    this.#free.push(slot)
  }

  text(slot: number): string {
    const at = this.#at[slot]!
    return JSON.parse(`"${this.#bytes.toString('utf8', at, at + this.#length[slot]!)}"`) as string
  }

  /** Below 0 when the first id comes first in code-unit order. */
  compare(slot: number, other: number): number {
    const bytes = this.#bytes
    const a = this.#at[slot]!
    const b = this.#at[other]!
    const shorter = Math.min(this.#length[slot]!, this.#length[other]!)
    let at = 0
    while (at < shorter && bytes[a + at] === bytes[b + at] && bytes[a + at] !== backslash) at++
    if (at === shorter) return this.#length[slot]! - this.#length[other]!
    const x = bytes[a + at]!
    const y = bytes[b + at]!
    if (x !== backslash && y !== backslash) return rank(x) - rank(y)
    return order(this.text(slot), this.text(other))
  }

  compareText(slot: number, id: string): number {
    return order(this.text(slot), id)
  }

  #hashOf(bytes: Uint8Array, start: number, end: number): number {
    let hash = this.#seed
    for (let at = start; at < end; at++) {
      hash = Math.imul(hash ^ bytes[at]!, 0x9e3779b1)
      hash = (hash << 13) | (hash >>> 19)
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
    return (hash ^ (hash >>> 13)) >>> 0
  }

  #equals(slot: number, bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#length[slot] !== end - start) return false
    const at = this.#at[slot]! - start
    for (let i = start; i < end; i++) if (this.#bytes[at + i] !== bytes[i]) return false
    return true
  }

  #place(slot: number): void {
    const mask = this.#table.length - 1
    let place = this.#hash[slot]! & mask
    while (this.#table[place] !== 0) place = (place + 1) & mask
    this.#table[place] = slot + 1
  }

  #rebuildTable(size: number): void {
    const old = this.#table
    this.#table = new Int32Array(size)
    for (const entry of old) if (entry !== 0) this.#place(entry - 1)
  }

  #growSlots(): void {
    this.#at = grown(this.#at)
    this.#length = grown(this.#length)
    this.#hash = grown(this.#hash)
  }

  /** Makes room for one more id; when half of the bytes are of removed ones, by leaving those out. */
  #reserve(length: number): void {
    if (this.#used + length <= this.#bytes.length) return
    const compact = this.#live < this.#used / 2
    const size = compact ? this.#bytes.length : Math.max(this.#bytes.length * 2, this.#used + length)
    const bytes = Buffer.allocUnsafe(Math.max(size, this.#live + length))
    let used = 0
    if (compact)
      for (let slot = 0; slot < this.#slots; slot++) {
        const at = this.#at[slot]!
        this.#at[slot] = used
        used += this.#bytes.copy(bytes, used, at, at + this.#length[slot]!)
      }
    else used = this.#bytes.copy(bytes, 0, 0, this.#used)
    this.#bytes = bytes
    this.#used = used
  }
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

function grown(column: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const wider = new Uint32Array(column.length * 2)
  wider.set(column)
  return wider
}
