import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Cursor } from '../../../../../src/protocol/cursor.ts'
import type { Insight } from '../../../../../src/protocol/insight/insight.ts'
import type { Entry } from '../../../../../src/server/stores/store.ts'
import { insight } from '../../../../helpers/insights.ts'
import { TestJournal } from '../../../../helpers/journals.ts'
import { readUpTo } from '../../contract.ts'

const fixture = fileURLToPath(new URL('../../../../fixtures/journal-0.1', import.meta.url))

let journal: TestJournal
beforeEach(async () => {
  journal = await TestJournal.create()
  await cp(fixture, journal.directory, { recursive: true })
})
afterEach(() => journal.dispose())

const fill = (store: Awaited<ReturnType<TestJournal['open']>>, alert_id: string) =>
  store.append([{ alertId: alert_id, apply: () => insight({ alert_id }) }])

it('opens what version 0.1 wrote, honours its positions, and goes on in groups', async () => {
  const { head, items } = JSON.parse(await readFile(`${fixture}.json`, 'utf8')) as {
    head: Cursor
    items: Insight[]
  }
  const store = await journal.open()
  expect((await store.recent({ limit: 1000 })).items).toEqual(items)
  expect(await store.head()).toEqual(head)
  expect(await store.refuse({ ...head, sequence: 20 })).toBeUndefined()
  await fill(store, 'new')
  const entries = (await readUpTo(store, { ...head, sequence: 0 }, head.sequence + 1)) as Entry[]
  expect(entries.map(({ cursor }) => cursor.sequence)).toEqual(entries.map((_, index) => index + 1))
  await journal.crash()
  const again = await journal.open()
  expect(await again.get('new')).toBeDefined()
  expect((await again.recent({ limit: 1000 })).items).toHaveLength(items.length + 1)
})

it('cuts off what a crash of version 0.1 left, line by line', async () => {
  const path = (await journal.segments()).at(-1)!
  await writeFile(path, (await readFile(path)).subarray(0, -10))
  const { head } = JSON.parse(await readFile(`${fixture}.json`, 'utf8')) as { head: Cursor }
  const store = await journal.open()
  expect((await store.head()).sequence).toBe(head.sequence - 1)
  await fill(store, 'new')
  await journal.crash()
  expect((await (await journal.open()).head()).sequence).toBe(head.sequence)
})

it('refuses the format of a later version by its number, and changes nothing', async () => {
  const path = join(journal.directory, 'journal.json')
  await writeFile(path, '{"format":3,"epoch":"885d6e29facd"}\n')
  await expect(journal.open()).rejects.toThrow('has the format 3 of a later iops')
  await expect(journal.open({ repair: true })).rejects.toThrow('has the format 3 of a later iops')
  expect(await readFile(path, 'utf8')).toBe('{"format":3,"epoch":"885d6e29facd"}\n')
})
