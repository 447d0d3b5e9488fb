import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseFilter } from '../../../src/protocol/filter/filter.ts'
import { insightFrame } from '../../../src/protocol/frames.ts'
import { encodeInsight } from '../../../src/protocol/insight/encode.ts'
import { encodeBlock } from '../../../src/server/stream/block.ts'
import { FrameRing } from '../../../src/server/stream/frame-ring.ts'
import { TextEntry } from '../../../src/server/stores/entry.ts'
import { insight } from '../../helpers/insights.ts'

const risky = parseFilter('risk>=50')
const entry = (sequence: number, letters: number, risk_score: number) =>
  new TextEntry(
    { epoch: 'log', sequence },
    encodeInsight(insight({ alert_id: `a${sequence}`, explanation: 'ü'.repeat(letters), risk_score })),
  )

const block = fc.array(fc.tuple(fc.nat(400), fc.nat(99)), { minLength: 1, maxLength: 8 })

test('from any position down to its floor it gives each frame once, in order, however it went round', () => {
  let rounds = 0
  fc.assert(
    fc.property(
      fc.array(block, { minLength: 1, maxLength: 30 }),
      fc.nat(20),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 3000 }),
      (blocks, start, frames, most) => {
        const bytes = 4000
        const ring = new FrameRing(start, { frames, bytes })
        const log: TextEntry[] = []
        for (const sizes of blocks) {
          const entries = sizes.map(([letters, risk], n) => entry(start + log.length + n + 1, letters, risk))
          log.push(...entries)
          ring.push(encodeBlock(entries))
          const last = start + log.length
          for (const filter of [undefined, risky])
            for (let from = ring.floor; from <= last; from++) {
              const wanted = log.slice(from - start).filter((one) => filter?.matches(one.insight) ?? true)
              expect(readFrom(ring, from, last, filter, most)).toEqual({
                text: wanted.map(({ cursor, json }) => insightFrame(cursor, json)).join(''),
                count: wanted.length,
              })
            }
          const kept = log.slice(ring.floor - start)
          const size = kept.reduce(
            (sum, { cursor, json }) => sum + Buffer.byteLength(insightFrame(cursor, json)),
            0,
          )
          expect(kept.length).toBeLessThanOrEqual(frames)
          expect(size).toBeLessThanOrEqual(bytes)
          if (ring.floor > start) rounds++
        }
      },
    ),
    { numRuns: 60 },
  )
  expect(rounds).toBeGreaterThan(0)
})

/** Everything from a position to the end, as one who comes back is sent it. */
function readFrom(
  ring: FrameRing,
  from: number,
  last: number,
  filter: typeof risky | undefined,
  most: number,
) {
  let text = ''
  let count = 0
  for (let at = from; at < last;) {
    const slice = ring.after(at, filter, most)
    text += Buffer.concat(slice.pieces).toString()
    count += slice.count
    expect(slice.next).toBeGreaterThan(at)
    at = slice.next
  }
  return { text, count }
}
