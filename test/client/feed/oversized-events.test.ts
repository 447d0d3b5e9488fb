import fc from 'fast-check'
import { expect, test } from 'vitest'
import { OversizedEvents, type SkippedEvent } from '../../../src/client/feed/stream/oversized-events.ts'

const maxEvent = 100

function pass(text: string, chunks: readonly number[]) {
  const skipped: SkippedEvent[] = []
  const endless: SkippedEvent[] = []
  const events = new OversizedEvents({
    maxEvent,
    maxSkipped: 1000,
    onSkip: (event) => skipped.push(event),
    onEndless: (event) => endless.push(event),
  })
  const bytes = Buffer.from(text)
  let passed = ''
  let at = 0
  for (const length of [...chunks, ...Array.from({ length: bytes.length / 40 + 1 }, () => 40)]) {
    passed += Buffer.from(events.pass(bytes.subarray(at, at + length))).toString('latin1')
    at += length
  }
  passed = Buffer.from(passed, 'latin1').toString()
  return { passed, skipped, endless }
}

const large = 'x'.repeat(200)
const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 60 })
const endOfLine = fc.constantFrom('\n', '\r\n', '\r')

test('events within the bound pass unchanged, however they are cut into chunks', () => {
  const line = fc.constantFrom('id: 1', 'data: é', 'event: beat', ': comment', 'retry: 10')
  const event = fc.array(line, { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(fc.array(event), endOfLine, lengths, (events, eol, chunks) => {
      const text = events.map((lines) => lines.map((one) => one + eol).join('') + eol).join('')
      const { passed, ...others } = pass(text, chunks)
      // The second half of a last CRLF waits for the next event.
      expect([text, text.replace(/\n$/, '')]).toContain(passed)
      expect(others).toEqual({ skipped: [], endless: [] })
    }),
  )
})

test('of an event over the bound only its id is passed, and what is behind it unchanged', () => {
  const head = fc.constantFrom(['id: é-7', `data: ${large}`], [`data: ${large}`, 'id:é-7'])
  fc.assert(
    fc.property(head, endOfLine, lengths, (lines, eol, chunks) => {
      const small = (name: string) => `data: ${name}${eol}${eol}`
      const text = small('a') + lines.map((one) => one + eol).join('') + eol + small('b')
      const { passed, skipped, endless } = pass(text, chunks)
      expect(passed.replaceAll(/\r\n?/g, '\n').replace(/\n*id: ?é-7\n\n/, '|')).toMatch(
        /^data: a\|\n?data: b\n\n$/,
      )
      expect(skipped).toMatchObject([{ id: 'é-7' }])
      expect(skipped[0]?.bytes).toBeGreaterThan(200)
      expect(endless).toEqual([])
    }),
  )
})

test('one without an id leaves nothing behind', () => {
  expect(pass(`data: ${large}\n\ndata: b\n\n`, [7])).toMatchObject({
    passed: 'data: b\n\n',
    skipped: [{ id: undefined }],
  })
})

test('one that does not end is told with its id', () => {
  const { passed, endless } = pass(
    `id: 9\ndata: ${'x'.repeat(2000)}`,
    Array.from({ length: 200 }, () => 10),
  )
  expect(passed).toBe('')
  expect(endless[0]).toMatchObject({ id: '9' })
})
