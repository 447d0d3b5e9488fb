import { describe, expect, it } from 'vitest'
import { formatCursor, parseCursor } from '../../src/protocol/cursor.ts'

describe('cursor', () => {
  it('reads what it writes', () => {
    const cursor = { epoch: '7f3a', sequence: 41 }
    expect(formatCursor(cursor)).toBe('7f3a-41')
    expect(parseCursor('7f3a-41')).toEqual(cursor)
    expect(parseCursor('7f3a-0')).toEqual({ epoch: '7f3a', sequence: 0 })
  })

  it.each([
    '',
    '-',
    '7f3a',
    '7f3a-',
    '-1',
    '7f3a--1',
    '7f3a-01',
    '7f3a-1.5',
    '7f3a-1\n',
    '7f3a-99999999999999999',
    'a b-1',
  ])('refuses %j', (text) => {
    expect(parseCursor(text)).toBeUndefined()
  })
})

it('carries a check part where a cursor has one', () => {
  const cursor = { epoch: '7f3a', sequence: 41, check: '1a2b' }
  expect(formatCursor(cursor)).toBe('7f3a-41-1a2b')
  expect(parseCursor('7f3a-41-1a2b')).toEqual(cursor)
})
