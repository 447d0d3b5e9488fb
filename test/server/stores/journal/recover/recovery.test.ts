import { copyFile, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
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
  expect(entries.map(({ cursor }) => cursor.sequence)).toEqual(entries.map((_, index) => index + 1))
  return entries.map((entry) => entry.insight.alert_id)
}

/** A journal of these alerts, closed; gives its segments. */
async function written(ids: string[], segmentBytes = 1e6): Promise<string[]> {
  const store = await journal.open({ segmentBytes })
  for (const id of ids) await fill(store, id)
  await journal.close()
  return journal.segments()
}

describe('damage', () => {
  it('is refused with file and line wherever a byte was flipped, and nothing is changed', async () => {
    const [path = ''] = await written(['a', 'b', 'c'])
    const bytes = await readFile(path)
    const second = bytes.indexOf('\n') + 1
    const third = bytes.indexOf('\n', second) + 1
    for (
      let offset = second;
      offset < third;
      offset += offset < second + 140 || offset > third - 10 ? 1 : 9
    ) {
      const flipped = Buffer.from(bytes)
      flipped[offset]! ^= offset % 2 ? 0x01 : 0x20
      await writeFile(path, flipped)
      await expect(journal.open()).rejects.toThrow(`${path}:2 `)
      expect(await readFile(path)).toEqual(flipped)
    }
  }, 60_000)

  it('is refused after a crash, too, where a later write is whole', async () => {
    const [path = ''] = await written(['a', 'b', 'c'])
    await journal.forgetStop()
    const bytes = await readFile(path)
    const second = bytes.indexOf('\n') + 1
    const third = bytes.indexOf('\n', second) + 1
    for (
      let offset = second;
      offset < third;
      offset += offset < second + 140 || offset > third - 10 ? 1 : 9
    ) {
      const flipped = Buffer.from(bytes)
      flipped[offset]! ^= offset % 2 ? 0x01 : 0x20
      await writeFile(path, flipped)
      await expect(journal.open()).rejects.toThrow(`${path}:2 `)
      expect(await readFile(path)).toEqual(flipped)
    }
  }, 60_000)

  it.each([
    ['shorter', (bytes: Buffer) => bytes.subarray(0, bytes.lastIndexOf('\n', -2) + 1), ':1 is the end of'],
    ['cut within a line', (bytes: Buffer) => bytes.subarray(0, -1), ':2 has no end'],
    ['longer', (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(512)]), ':3 has no end'],
    ['empty', () => Buffer.alloc(0), ':1 is the end of 0 bytes'],
  ])('is refused when after a clean stop the last segment is %s', async (_, change, message) => {
    const [path = ''] = await written(['a', 'b'])
    const changed = change(await readFile(path))
    await writeFile(path, changed)
    await expect(journal.open()).rejects.toThrow(`${path}${message}`)
    expect(await readFile(path)).toEqual(changed)
    expect(await idsOf(await journal.open({ repair: true }))).toEqual(
      ['a', 'b'].slice(0, changed.toString().split('\n').length - 1),
    )
  })

  it('is refused in the last line after a clean stop', async () => {
    const [path = ''] = await written(['a', 'b'])
    const bytes = await readFile(path)
    bytes[bytes.length - 10]! ^= 0x01
    await writeFile(path, bytes)
    await expect(journal.open()).rejects.toThrow(`${path}:2 does not match its checksum`)
  })

  it('is refused in an older segment, also when its end is missing', async () => {
    const [first = '', second = ''] = await written(['a', 'b', 'c'], 1)
    const bytes = await readFile(first)
    await truncate(first, bytes.length - 5)
    await expect(journal.open()).rejects.toThrow(`${first}:1 `)
    await truncate(first, 0)
    await expect(journal.open()).rejects.toThrow(`${first}:1 is the end, where sequence 1 was`)
    await rm(join(journal.directory, 'index.sqlite'))
    await expect(journal.open()).rejects.toThrow(`${second}:1 begins at sequence 2 where 1 must follow`)
  })

  it('is refused when a segment or the manifest is missing', async () => {
    const [, second = '', third = ''] = await written(['a', 'b', 'c'], 1)
    await rm(second)
    await expect(journal.open()).rejects.toThrow(`${third}:1 begins at sequence 3 where 2 must follow`)
    await rm(join(journal.directory, 'journal.json'))
    await expect(journal.open()).rejects.toThrow('journal.json')
  })

  it('is set aside by a repair; what is left is numbered anew, and old positions are foreign', async () => {
    const paths = await written(['a', 'b', 'c', 'd', 'e'], 1)
    const before = await (await journal.open()).head()
    await journal.close()
    const bad = Buffer.from(await readFile(paths[1]!))
    bad[100]! ^= 0x01
    await writeFile(paths[1]!, bad)
    await rm(paths[3]!)
    const store = await journal.open({ repair: true })
    expect(await idsOf(store)).toEqual(['a', 'c', 'e'])
    expect(await readUpTo(store, { ...before, sequence: 1 }, 3)).toEqual(['foreign'])
    const [aside = ''] = (await readdir(journal.directory)).filter((name) => name.startsWith('damaged-'))
    expect(await readFile(join(journal.directory, aside))).toEqual(bad)
    await fill(store, 'f')
    await journal.close()
    expect(await idsOf(await journal.open())).toEqual(['a', 'c', 'e', 'f'])
  })

  it('that a repair finds twice is not doubled', async () => {
    const [path = ''] = await written(['a', 'b'])
    const bytes = await readFile(path)
    await writeFile(path, Buffer.concat([bytes, bytes]))
    await expect(journal.open()).rejects.toThrow(`${path}:3 `)
    expect(await idsOf(await journal.open({ repair: true }))).toEqual(['a', 'b'])
  })

  it('leaves an undamaged log as it is, repair or not', async () => {
    await written(['a', 'b'])
    const head = await (await journal.open({ repair: true })).head()
    await journal.close()
    expect(await (await journal.open()).head()).toEqual(head)
  })
})

it('reads a segment that holds what a later version may write', async () => {
  const store = await journal.open()
  const later = {
    ...insight({ alert_id: 'a"\\\ud800' }),
    zone: 'x',
    labels: { '","status":"': ',"status":"resolved"' },
  }
  await store.append([{ alertId: later.alert_id, apply: () => later }])
  await journal.close()
  const again = await journal.open()
  expect(await again.get(later.alert_id)).toEqual(later)
  expect((await again.aggregate({})).byStatus).toEqual({ open: 1 })
})

it('says which segments are not its own', async () => {
  const [path = ''] = await written(['a'])
  await mkdir(join(journal.directory, 'sub'))
  const name = basename(path).replace(/^[0-9a-f]+/, 'another')
  await copyFile(path, join(journal.directory, name))
  expect(await idsOf(await journal.open())).toEqual(['a'])
  expect(journal.lines.join('\n')).toContain(name)
})
