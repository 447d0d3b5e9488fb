import { copyFile, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { idKey, idOfKey } from '../../../../../src/server/stores/journal/index/index-database.ts'
import type { Store } from '../../../../../src/server/stores/store.ts'
import { insight } from '../../../../helpers/insights.ts'
import { TestJournal } from '../../../../helpers/journals.ts'

let journal: TestJournal
beforeEach(async () => {
  journal = await TestJournal.create()
})
afterEach(() => journal.dispose())

const at = (ms: number) => new Date(Date.UTC(2026, 10, 23) + ms).toISOString()
const path = (name = 'index.sqlite') => join(journal.directory, name)

/** Alerts with many versions, in segments of a few lines each. */
async function fill(store: Store, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++)
    await store.append(
      Array.from({ length: 20 }, (_, index) => {
        const alert_id = `alert-${(round * 7 + index) % 60}`
        const one = insight({
          alert_id,
          timestamp: at(((round * 31 + index * 17) % 997) * 1000),
          risk_score: (round * 37 + index) % 101,
          prediction_type: `type-${index % 3}`,
        })
        return { alertId: alert_id, apply: () => one }
      }),
    )
}

async function answers(store: Store) {
  const { buckets, ...totals } = await store.aggregate({ since: at(0), until: at(1e6), buckets: 13 })
  return {
    recent: (await store.recent({ limit: 1000 })).items,
    page: await store.recent({ limit: 7, until: at(500_000) }),
    range: await store.aggregate({ since: at(123_456), until: at(654_321), buckets: 7 }),
    totals,
    buckets,
    snapshot: (await store.snapshot({ limit: 15 })).entries.map(({ cursor, json }) => [
      cursor.sequence,
      json,
    ]),
    one: await store.get('alert-17'),
  }
}

describe('the index', () => {
  it('answers as a journal does that has everything in one segment, also when it is made anew', async () => {
    const plain = await TestJournal.create()
    const expected = await plain.open()
    await fill(expected, 40)
    const wanted = await answers(expected)
    const options = { segmentBytes: 3000 }
    const store = await journal.open(options)
    await fill(store, 40)
    expect(await answers(store)).toEqual(wanted)
    await journal.close()
    // A write-ahead log that nobody ended would grow for ever.
    await expect(stat(path('index.sqlite-wal'))).rejects.toThrow('ENOENT')
    expect((await stat(path())).mode & 0o777).toBe(0o600)
    expect(await answers(await journal.open(options))).toEqual(wanted)
    await journal.close()
    await rm(path())
    expect(await answers(await journal.open(options))).toEqual(wanted)
    await journal.close()
    await writeFile(path(), 'this is no database at all, and long enough to be looked at'.repeat(100))
    expect(await answers(await journal.open(options))).toEqual(wanted)
    expect(journal.lines.join('\n')).toContain('the index is made anew')
    await plain.dispose()
  })

  it('of another journal is not believed', async () => {
    const other = await TestJournal.create()
    for (const one of [other, journal]) {
      await fill(await one.open({ segmentBytes: 3000 }), 10)
      await one.close()
    }
    await copyFile(join(other.directory, 'index.sqlite'), path())
    expect((await (await journal.open()).recent({ limit: 100 })).items.length).toBeGreaterThan(30)
    expect(journal.lines.join('\n')).toContain('the index is of another log')
    await other.dispose()
  })

  it('does not hide that an older segment was changed, or is gone', async () => {
    await fill(await journal.open({ segmentBytes: 3000 }), 20)
    await journal.close()
    const segments = await journal.segments()
    const [, second = '', third = '', fourth = ''] = segments
    const text = await readFile(second, 'utf8')
    await writeFile(second, text.replace('"risk_score":', '"risk_score":9'))
    await expect(journal.open()).rejects.toThrow(`${second}:1 does not match its checksum`)
    await writeFile(second, text)
    await (await journal.open()).close()
    await rm(third)
    await expect(journal.open()).rejects.toThrow(`${fourth}:1 begins at sequence`)
  })
})

describe('an id as the index has it', () => {
  const ids = fc.string({ unit: 'binary', maxLength: 6 })
  const odd = fc
    .array(
      fc.constantFrom(
        '\0',
        '\u0001',
        '\u0002',
        'a',
        '\ud7ff',
        '\ud800',
        '\udfff',
        '\ue000',
        '\ue001',
        '\ue002',
        '\uffff',
      ),
    )
    .map((units) => units.join(''))

  it('is the id again, and sorts by bytes as ids do by code units', () => {
    fc.assert(
      fc.property(fc.oneof(ids, odd), fc.oneof(ids, odd), (a, b) => {
        expect(idOfKey(idKey(a))).toBe(a)
        const order = Math.sign(Buffer.compare(Buffer.from(idKey(a)), Buffer.from(idKey(b))))
        expect(order).toBe(a < b ? -1 : a > b ? 1 : 0)
        expect(idKey(a).includes('\0')).toBe(false)
      }),
    )
  })
})
