/** A source of numbers that tells the same story for the same seed. Not for secrets. */
export interface Random {
  /** From 0 up to 1. */
  unit(): number
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number
  pick<T>(list: readonly [T, ...T[]]): T
  /** Around 0, nearly always within ±3. */
  bell(): number
}

/** Mulberry32: 32 bits of state are plenty for a show. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const unit = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (low: number, high: number) => low + Math.floor(unit() * (high - low + 1))
  return {
    unit,
    between,
    pick: (list) => list[between(0, list.length - 1)] ?? list[0],
    bell: () => (unit() + unit() + unit() + unit() - 2) * 1.73,
  }
}
