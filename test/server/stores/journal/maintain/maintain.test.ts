import { mkdir, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { copyJournal } from '../../../../../src/server/stores/journal/maintain/backup.ts'
import { compactJournal } from '../../../../../src/server/stores/journal/maintain/compact.ts'
import { restoreJournal } from '../../../../../src/server/stores/journal/maintain/restore.ts'
import { verifyJournal } from '../../../../../src/server/stores/journal/maintain/verify.ts'
import type { Entry, Store } from '../../../../../src/server/stores/store.ts'
import { insight } from '../../../../helpers/insights.ts'
import { TestJournal } from '../../../../helpers/journals.ts'
import { readUpTo } from '../../contract.ts'

let journal: TestJournal
let other: TestJournal
beforeEach(async () => {
  journal = await TestJournal.create()
  other = await TestJournal.create()
})
afterEach(async () => {
  await journal.dispose()
  await other.dispose()
})

const quiet = () => {}
const fill = (store: Store, ids: readonly string[], explanation = '') =>
  store.append(
    ids.map((alert_id) => ({ alertId: alert_id, apply: () => insight({ alert_id, explanation }) })),
  )
const ids = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `a${from + index}`)
async function idsOf(store: Store): Promise<string[]> {
  const head = await store.head()
  const entries = (await readUpTo(store, { ...head, sequence: 0 }, head.sequence)) as Entry[]
  return entries.map((entry) => entry.insight.alert_id)
}

async function flip(path: string, at: number): Promise<void> {
  const file = await open(path, 'r+')
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, at)
  buffer[0]! ^= 1
  await file.write(buffer, 0, 1, at)
  await file.close()
}

describe('verify', () => {
  it('names every damaged line of every segment, and changes nothing', async () => {
    const store = await journal.open({ segmentBytes: 3000 })
    for (let round = 0; round < 10; round++) await fill(store, ids(4, round * 4))
    await journal.close()
    expect(await verifyJournal(journal.directory, quiet)).toMatchObject({
      insights: 40,
      damage: [],
      unfinished: 0,
    })
    const paths = await journal.segments()
    expect(paths.length).toBeGreaterThan(3)
    const text = await readFile(paths[1]!, 'utf8')
    await flip(paths[1]!, 30)
    await flip(paths[1]!, text.indexOf('\n') + 90)
    await flip(paths.at(-1)!, (await stat(paths.at(-1)!)).size - 20)
    const before = await Promise.all(paths.map((path) => readFile(path)))
    const { damage } = await verifyJournal(journal.directory, quiet)
    expect(damage.map(({ path, line }) => `${path}:${line}`)).toEqual(
      expect.arrayContaining([`${paths[1]}:1`, `${paths[1]}:2`]),
    )
    expect(damage.at(-1)?.path).toBe(paths.at(-1))
    expect(await Promise.all(paths.map((path) => readFile(path)))).toEqual(before)
    await rm(paths[2]!)
    const gone = await verifyJournal(journal.directory, quiet)
    expect(gone.damage.map(({ message }) => message).join()).toContain('must follow')
  })

  it('has nothing to say against a log that is being written and compacted', async () => {
    const store = await journal.open({ segmentBytes: 2000, retention: { maxInsights: 100 } })
    const stop = new AbortController()
    const writer = (async () => {
      for (let round = 0; !stop.signal.aborted; round++) await fill(store, ids(20), `round ${round}`)
    })()
    for (let time = 0; time < 30; time++)
      expect((await verifyJournal(journal.directory, quiet)).damage).toEqual([])
    stop.abort()
    await writer
  })

  it('says that an unfinished write is no damage', async () => {
    await fill(await journal.open(), ['a'])
    await journal.crash()
    const [path = ''] = await journal.segments()
    await writeFile(path, Buffer.concat([await readFile(path), Buffer.from('{"crc32":"')]))
    expect(await verifyJournal(journal.directory, quiet)).toMatchObject({
      insights: 1,
      unfinished: 10,
      damage: [],
    })
  })
})

describe('a backup', () => {
  it('taken while the log is written and compacted is the log at one moment', async () => {
    const options = { segmentBytes: 3000, retention: { maxInsights: 200 } }
    const store = await journal.open(options)
    await fill(store, ['untouched'])
    const stop = new AbortController()
    let acknowledged = 0
    const writer = (async () => {
      for (let round = 0; !stop.signal.aborted; round++) {
        await fill(store, ids(20), `round ${round}`)
        acknowledged = (await store.head()).sequence
      }
    })()
    for (let time = 0; time < 8; time++) {
      const before = acknowledged
      const to = join(other.directory, String(time))
      const { head } = await copyJournal(journal.directory, to, quiet)
      expect(head).toBeGreaterThanOrEqual(before)
      expect((await verifyJournal(to, quiet)).damage).toEqual([])
      const copy = new TestJournal(to)
      const opened = await copy.open()
      expect((await opened.head()).sequence).toBe(head)
      expect((await opened.head()).epoch).toBe((await store.head()).epoch)
      const { items } = await opened.recent({ limit: 100 })
      expect(items.map(({ alert_id }) => alert_id)).toContain('untouched')
      expect((head - 1) % 20).toBe(0)
      await copy.close()
    }
    stop.abort()
    await writer
  }, 60_000)

  it('can be restored, and clients that are ahead of it are told so', async () => {
    const store = await journal.open()
    await fill(store, ids(5))
    const to = join(other.directory, 'copy')
    await copyJournal(journal.directory, to, quiet)
    const kept = await store.head()
    await fill(store, ids(5, 5))
    const lost = await store.head()
    await journal.close()
    await expect(restoreJournal(to, journal.directory, quiet)).rejects.toThrow('holds a journal already')
    await rm(journal.directory, { recursive: true })
    await mkdir(journal.directory)
    await restoreJournal(to, journal.directory, quiet)
    const again = await journal.open()
    expect(await idsOf(again)).toEqual(ids(5))
    await fill(again, ids(5, 20))
    expect(await again.refuse(kept)).toBeUndefined()
    expect(await again.refuse(lost)).toBe('foreign')
  })

  it('is none while it is not complete, and holds no damage', async () => {
    const store = await journal.open({ segmentBytes: 1000 })
    for (const id of ids(6)) await fill(store, [id])
    await journal.close()
    const paths = await journal.segments()
    await flip(paths.at(-1)!, 50)
    const to = join(other.directory, 'copy')
    await expect(copyJournal(journal.directory, to, quiet)).rejects.toThrow(`${paths.at(-1)}:1 `)
    expect(await readdir(to)).not.toContain('journal.json')
    await expect(copyJournal(to, join(other.directory, 'second'), quiet)).rejects.toThrow(
      'there is no journal in',
    )
    await expect(copyJournal(join(other.directory, 'nowhere'), to, quiet)).rejects.toThrow(
      'there is no journal in',
    )
  })
})

describe('compact', () => {
  it('leaves the latest version of each alert, and the position of the log', async () => {
    const store = await journal.open({ segmentBytes: 3000 })
    for (let round = 0; round < 10; round++) await fill(store, ids(10), `round ${round}`)
    await fill(store, ['last'])
    const head = await store.head()
    await expect(compactJournal(journal.directory, { logger: quiet, onProgress: quiet })).rejects.toThrow(
      'is in use',
    )
    await journal.close()
    const report = await compactJournal(journal.directory, { logger: quiet, onProgress: quiet })
    expect(report).toMatchObject({ insightsBefore: 101, insights: 11 })
    expect((await verifyJournal(journal.directory, quiet)).damage).toEqual([])
    const again = await journal.open()
    expect(await again.head()).toEqual(head)
    expect((await again.head()).check).toBe(head.check)
    expect((await again.recent({ limit: 100 })).items).toHaveLength(11)
    expect((await again.get('a3'))?.explanation).toBe('round 9')
    expect(await again.refuse(head)).toBeUndefined()
    await fill(again, ['next'])
    expect((await again.head()).sequence).toBe(102)
  })

  it('makes no journal where there is none', async () => {
    await expect(compactJournal(other.directory, { logger: quiet, onProgress: quiet })).rejects.toThrow(
      'there is no journal in',
    )
    expect(await readdir(other.directory)).toEqual([])
  })
})
