import { cp, open, readFile, rm, stat } from 'node:fs/promises'
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

const fill = (store: Store, ids: readonly string[], risk_score = 50) =>
  store.append(ids.map((alert_id) => ({ alertId: alert_id, apply: () => insight({ alert_id, risk_score }) })))
const idsOf = (entries: readonly Entry[]) => entries.map((entry) => entry.insight.alert_id)

/** Changes bytes of a file in place, under whoever has it open. */
async function overwrite(path: string, at: number, bytes: Buffer): Promise<void> {
  const file = await open(path, 'r+')
  await file.write(bytes, 0, bytes.length, at)
  await file.close()
}

describe('a line that is damaged under a running server', () => {
  const shapes: readonly [string, (bytes: Buffer) => [number, Buffer]][] = [
    [
      'a flipped digit',
      (bytes) => [bytes.indexOf('"risk_score":50', bytes.indexOf('"b"')) + 13, Buffer.from('9')],
    ],
    ['raw NULs', (bytes) => [bytes.indexOf('"b"'), Buffer.alloc(40)]],
    ['a newline', (bytes) => [bytes.indexOf('"b"'), Buffer.from('\n')]],
  ]

  it.each(shapes)('is never served as truth: %s', async (_, damage) => {
    const store = await journal.open()
    for (const id of ['a', 'b', 'c']) await fill(store, [id])
    const big = Array.from({ length: 300 }, (_, index) => `later-${index}`)
    await fill(store, big)
    const [path = ''] = await journal.segments()
    const [at, bytes] = damage(await readFile(path))
    await overwrite(path, at, bytes)
    await expect(store.get('b')).rejects.toThrow(`the journal is damaged: ${path}:2 `)
    await expect(store.recent({ limit: 1000 })).rejects.toThrow(`${path}:2 `)
    expect((await store.get('a'))?.alert_id).toBe('a')
    const head = await store.head()
    expect(await readUpTo(store, { ...head, sequence: 0 }, head.sequence)).toEqual(['expired'])
    expect(idsOf((await readUpTo(store, { ...head, sequence: 2 }, head.sequence)) as Entry[])).toEqual([
      'c',
      ...big,
    ])
    expect(idsOf((await store.snapshot({ limit: 1000 })).entries)).toEqual(['a', 'c', ...big])
    expect(journal.lines.filter((line) => line.includes('is damaged') && line.includes(':2'))).toHaveLength(1)
  })

  it('does not keep its alert from a new version, and refuses what would build on it', async () => {
    const store = await journal.open()
    await fill(store, ['a', 'b'])
    const [path = ''] = await journal.segments()
    await overwrite(path, (await readFile(path)).indexOf('"entity-b"') + 3, Buffer.from('X'))
    await expect(
      store.append([{ alertId: 'b', apply: (current) => current && { ...current, status: 'resolved' } }]),
    ).rejects.toThrow('the journal is damaged')
    await fill(store, ['b'], 90)
    expect((await store.get('b'))?.risk_score).toBe(90)
  })
})

it('is found by a slow scrub, before anybody asks for it', async () => {
  const store = await journal.open({ segmentBytes: 2000, scrubPauseMs: 1 })
  for (let index = 0; index < 20; index++) await fill(store, [`a${index}`])
  const [, path = ''] = await journal.segments()
  await overwrite(path, (await readFile(path)).indexOf('"entity-a') + 3, Buffer.from('X'))
  const told = () => journal.lines.filter((line) => line.includes('the journal is damaged'))
  await expect.poll(told).toHaveLength(1)
  expect(told()[0]).toContain(`${path}:1`)
})

describe('a log that went back', () => {
  it('refuses the positions of what it has lost, also when it has come as far again', async () => {
    const store = await journal.open()
    await fill(store, ['a', 'b', 'c'])
    const kept = await store.head()
    await journal.close()
    const copy = `${journal.directory}-copy`
    await cp(journal.directory, copy, { recursive: true })
    const first = await journal.open()
    await fill(first, ['d', 'e'])
    const lost = await first.head()
    const [entry] = (await readUpTo(first, kept, 4)) as Entry[]
    await journal.close()
    await rm(journal.directory, { recursive: true })
    await cp(copy, journal.directory, { recursive: true })
    await rm(copy, { recursive: true })
    const second = await journal.open()
    expect(await second.refuse(kept)).toBeUndefined()
    expect(await second.refuse(lost)).toBe('ahead')
    await fill(second, ['x', 'y', 'z'])
    expect(await second.refuse(kept)).toBeUndefined()
    expect(await second.refuse(lost)).toBe('foreign')
    expect(await second.refuse(entry!.cursor)).toBe('foreign')
    const { epoch, sequence } = lost
    expect(await second.refuse({ epoch, sequence })).toBeUndefined()
  })
})

it('keeps the check of a position across restarts, whatever gave it', async () => {
  const store = await journal.open({ segmentBytes: 1000 })
  const [outcome] = await fill(store, ['a'])
  await fill(store, ['b', 'c', 'd', 'e', 'f'])
  const [again] = await fill(store, ['a'])
  const head = await store.head()
  const { at } = await store.snapshot({ limit: 1 })
  const checks = [outcome, again].map((one) => one?.cursor.check)
  expect(checks[0]).toMatch(/^[0-9a-f]{4}$/)
  expect(checks[1]).toBe(checks[0])
  expect(at.check).toBe(head.check)
  await journal.close()
  const reopened = await journal.open()
  expect((await reopened.head()).check).toBe(head.check)
  const entries = (await readUpTo(reopened, { ...head, sequence: 0 }, 6)) as Entry[]
  expect(entries[0]?.cursor.check).toBe(checks[0])
  expect(entries.at(-1)?.cursor.check).toBe(head.check)
  expect((await stat((await journal.segments())[0]!)).mode & 0o777).toBe(0o600)
})
