import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Entry, Store } from '../../../../../src/server/stores/store.ts'
import { insight } from '../../../../helpers/insights.ts'
import { TestJournal } from '../../../../helpers/journals.ts'
import { readUpTo } from '../../contract.ts'

let journal: TestJournal
beforeEach(async () => {
  journal = await TestJournal.create()
})
afterEach(() => journal.dispose())

const fill = (store: Store, ...ids: string[]) =>
  store.append(ids.map((alert_id) => ({ alertId: alert_id, apply: () => insight({ alert_id }) })))

async function idsOf(store: Store): Promise<string[]> {
  const head = await store.head()
  if (head.sequence === 0) return []
  const entries = (await readUpTo(store, { ...head, sequence: 0 }, head.sequence)) as Entry[]
  return entries.map((entry) => entry.insight.alert_id)
}

const setAside = async () =>
  (await readdir(journal.directory)).filter((name) => name.startsWith('unfinished-'))

it('is cut off wherever it stopped, and appends go on from there', async () => {
  const ids = ['a', 'b', 'c']
  const written = await journal.open()
  for (const id of ids) await fill(written, id)
  await journal.close()
  const [path = ''] = await journal.segments()
  const bytes = await readFile(path)
  const ends = [0, 1, 2].reduce<number[]>(
    (found) => [...found, bytes.indexOf('\n', found.at(-1) ?? 0) + 1],
    [],
  )
  const around = ends.flatMap((end) => [end - 1, end, end + 1])
  for (let size = 0; size < bytes.length; size++) {
    if (size % 17 !== 0 && !around.includes(size)) continue
    await writeFile(path, bytes.subarray(0, size))
    await journal.forgetStop()
    journal.lines.length = 0
    const store = await journal.open()
    const kept = ids.slice(0, ends.filter((end) => end <= size).length)
    expect(await idsOf(store)).toEqual(kept)
    expect(journal.lines.length).toBe(size === 0 || ends.includes(size) ? 0 : 1)
    if (size % 34 === 0) {
      await fill(store, 'next')
      expect(await idsOf(store)).toEqual([...kept, 'next'])
    }
    await journal.close()
  }
}, 60_000)

it('may end in blocks that never reached the disk, of which nothing is kept', async () => {
  await fill(await journal.open(), 'a', 'b')
  await journal.crash()
  const [path = ''] = await journal.segments()
  await writeFile(path, Buffer.concat([await readFile(path), Buffer.alloc(5000)]))
  expect(await idsOf(await journal.open())).toEqual(['a', 'b'])
  expect(journal.lines.join('\n')).toContain('cut off an unfinished write')
  expect(await setAside()).toEqual([])
})

describe('of many lines', () => {
  const sector = 512
  const batch = Array.from({ length: 40 }, (_, index) => `batch-${index}`)
  const places: readonly [string, (first: number, last: number) => number][] = [
    ['first', (first) => first],
    ['second', (first) => first + 1],
    ['middle', (first, last) => Math.floor((first + last) / 2)],
    ['last', (_, last) => last],
  ]
  const contents: readonly [string, (bytes: Buffer, start: number) => Buffer][] = [
    ['zeros', () => Buffer.alloc(sector)],
    ['what stood elsewhere in the file', (bytes) => Buffer.from(bytes.subarray(0, sector))],
    [
      'garbage that ends in a newline',
      () => Buffer.from(`${'\u0001}"'.repeat(sector).slice(0, sector - 1)}\n`),
    ],
    [
      'a line that was intact once',
      (bytes) => {
        const line = bytes.subarray(0, bytes.indexOf('\n') + 1)
        return Buffer.concat([line, line, line]).subarray(0, sector)
      },
    ],
  ]
  const shapes = places.flatMap(([place, at]) =>
    contents.map(([content, make]) => ({ place, content, at, make })),
  )

  it.each(shapes)(
    'with $content in its $place sector it is all gone, and the epoch stays',
    async ({ at, make }) => {
      const store = await journal.open()
      await fill(store, 'a', 'b')
      await fill(store, 'c')
      const before = await store.head()
      await fill(store, ...batch)
      await journal.crash()
      const [path = ''] = await journal.segments()
      const bytes = await readFile(path)
      const lines = bytes.toString().split('\n')
      const start = Buffer.byteLength(lines.slice(0, 3).join('\n')) + 1
      const number = at(Math.floor(start / sector), Math.floor((bytes.length - 1) / sector))
      const from = Math.max(start, number * sector)
      const to = Math.min(bytes.length, (number + 1) * sector)
      const torn = Buffer.from(bytes)
      make(bytes, from).copy(torn, from, 0, to - from)
      await writeFile(path, torn)
      const again = await journal.open()
      expect(await idsOf(again)).toEqual(['a', 'b', 'c'])
      expect((await again.head()).epoch).toBe(before.epoch)
      const [aside = ''] = await setAside()
      expect(await readFile(join(journal.directory, aside))).toEqual(torn.subarray(start))
      await fill(again, 'd')
      expect(await idsOf(again)).toEqual(['a', 'b', 'c', 'd'])
    },
  )

  it('is all gone wherever it ends', async () => {
    const store = await journal.open()
    await fill(store, 'a')
    await fill(store, ...batch.slice(0, 5))
    await journal.crash()
    const [path = ''] = await journal.segments()
    const bytes = await readFile(path)
    const start = bytes.indexOf('\n') + 1
    for (let size = start; size < bytes.length; size += 173) {
      await writeFile(path, bytes.subarray(0, size))
      await journal.forgetStop()
      expect(await idsOf(await journal.open())).toEqual(['a'])
      await journal.close()
    }
  })

  it('keeps the positions of those who have read what was safe', async () => {
    const store = await journal.open()
    await fill(store, 'a')
    const safe = await store.head()
    await fill(store, ...batch)
    const unsafe = await store.head()
    await journal.crash()
    const [path = ''] = await journal.segments()
    await writeFile(path, (await readFile(path)).subarray(0, -10))
    const again = await journal.open()
    expect(await again.refuse(safe)).toBeUndefined()
    expect(await again.refuse(unsafe)).toBe('ahead')
  })
})
