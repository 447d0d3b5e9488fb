import { encodeInsight } from '../../../protocol/insight/encode.ts'
import type { Insight } from '../../../protocol/insight/insight.ts'

/** Tells one content of an insight from every other: two 53-bit hashes of its one encoding. Not for secrets. */
export function contentDigest(insight: Insight): string {
  const text = encodeInsight(insight)
  return `${hash53(text, 0)}.${hash53(text, 0x5bd1e995)}`
}

/** cyrb53 (bryc, public domain): two 32-bit multiplicative hashes, mixed. */
function hash53(text: string, seed: number): number {
  let one = 0xdeadbeef ^ seed
  let two = 0x41c6ce57 ^ seed
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    one = Math.imul(one ^ unit, 2_654_435_761)
    two = Math.imul(two ^ unit, 1_597_334_677)
  }
  one = Math.imul(one ^ (one >>> 16), 2_246_822_507) ^ Math.imul(two ^ (two >>> 13), 3_266_489_909)
  two = Math.imul(two ^ (two >>> 16), 2_246_822_507) ^ Math.imul(one ^ (one >>> 13), 3_266_489_909)
  return 4_294_967_296 * (2_097_151 & two) + (one >>> 0)
}
