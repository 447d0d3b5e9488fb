/**
 * The digest of each alert's latest version in the log: 16 bytes an alert and no text, so that a
 * million alerts take some 40 MB. Open addressing on 64 bits of the alert id's digest; two ids
 * that share them have odds of one in ten million among two million alerts.
 */
export class Fingerprints {
  #slots = new Uint32Array(4 * 1024)
  #used = 0

  get size(): number {
    return this.#used
  }

  /** Both are 16 hex digits. */
  get(key: string): string | undefined {
    const at = this.#find(high(key), low(key))
    return this.#empty(at) ? undefined : hex(this.#slots[at + 2]) + hex(this.#slots[at + 3])
  }

  set(key: string, digest: string): void {
    this.#set(high(key), low(key), high(digest), low(digest))
  }

  *keys(): Generator<string> {
    for (let at = 0; at < this.#slots.length; at += 4)
      if (!this.#empty(at)) yield hex(this.#slots[at]) + hex(this.#slots[at + 1])
  }

  /** Four 32-bit numbers an alert, in no order: key and digest. */
  dump(): Uint32Array {
    const dumped = new Uint32Array(this.#used * 4)
    let end = 0
    for (let at = 0; at < this.#slots.length; at += 4) {
      if (this.#empty(at)) continue
      dumped.set(this.#slots.subarray(at, at + 4), end)
      end += 4
    }
    return dumped
  }

  /** Takes what {@link dump} gave, but for the alerts that are here already. */
  addMissing(dumped: Uint32Array): void {
    for (let from = 0; from + 3 < dumped.length; from += 4) {
      const [keyHigh = 0, keyLow = 0, digestHigh = 0, digestLow = 0] = dumped.subarray(from, from + 4)
      if (this.#empty(this.#find(keyHigh, keyLow))) this.#set(keyHigh, keyLow, digestHigh, digestLow)
    }
  }

  #set(keyHigh: number, keyLow: number, digestHigh: number, digestLow: number): void {
    if (this.#used * 8 > this.#slots.length) this.#grow()
    const at = this.#find(keyHigh, keyLow)
    if (this.#empty(at)) this.#used++
    this.#slots.set([keyHigh, keyLow, digestHigh, digestLow], at)
  }

  /** The slot of a key, or the empty one where it belongs. */
  #find(keyHigh: number, keyLow: number): number {
    const length = this.#slots.length
    let at = (keyLow * 4) % length
    while (!this.#empty(at) && (this.#slots[at] !== keyHigh || this.#slots[at + 1] !== keyLow))
      at = (at + 4) % length
    return at
  }

  #empty(at: number): boolean {
    return this.#slots[at] === 0 && this.#slots[at + 1] === 0
  }

  #grow(): void {
    const former = this.#slots
    this.#slots = new Uint32Array(former.length * 2)
    for (let at = 0; at < former.length; at += 4)
      if (former[at] !== 0 || former[at + 1] !== 0)
        this.#slots.set(former.subarray(at, at + 4), this.#find(former[at] ?? 0, former[at + 1] ?? 0))
  }
}

const high = (digest: string) => Number.parseInt(digest.slice(0, 8), 16)
const low = (digest: string) => Number.parseInt(digest.slice(8, 16), 16)
const hex = (value = 0) => value.toString(16).padStart(8, '0')
