import { expect, test } from 'vitest'
import { clipboardSequence } from '../../../src/ui/effects/clipboard.ts'

test('the clipboard gets the text exactly, as base64 of UTF-8', () => {
  const text = 'grüße 日本 🔥\n\u001b[31m'
  const sequence = clipboardSequence(text, {}) ?? ''
  // oxlint-disable-next-line no-control-regex
  const [, data = ''] = /^\u001b\]52;c;([A-Za-z0-9+/=]+)\u0007$/.exec(sequence) ?? []
  expect(Buffer.from(data, 'base64').toString('utf8')).toBe(text)
})

test('what terminals would cut off is not sent', () => {
  expect(clipboardSequence('x'.repeat(75_000), {})).toHaveLength(100_000 + '\u001b]52;c;\u0007'.length)
  expect(clipboardSequence('x'.repeat(75_001), {})).toBeUndefined()
})
