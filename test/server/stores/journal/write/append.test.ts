import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  type LogFile,
  type OpenLogFile,
  openLogFile,
} from '../../../../../src/server/stores/journal/write/log-file.ts'
import { type Store, StoreUnavailable } from '../../../../../src/server/stores/store.ts'
import { insight } from '../../../../helpers/insights.ts'
import { TestJournal } from '../../../../helpers/journals.ts'

let journal: TestJournal
beforeEach(async () => {
  journal = await TestJournal.create()
})
afterEach(() => journal.dispose())

const put = (store: Store, alert_id: string, risk_score = 50) =>
  store.append([{ alertId: alert_id, apply: () => insight({ alert_id, risk_score }) }])

/** Real files, of which a test can replace a call, for instance by one that fails. */
function wrapped(wrap: (file: LogFile) => Partial<LogFile>): OpenLogFile {
  return async (path, create) => {
    const file = await openLogFile(path, create)
    return { ...file, ...wrap(file) }
  }
}

/** A gate in front of `sync`: each sync waits until it is let through or failed. */
function gate() {
  const waiting: PromiseWithResolvers<void>[] = []
  let syncs = 0
  const openFile = wrapped((file) => ({
    async sync() {
      syncs++
      const turn = Promise.withResolvers<void>()
      waiting.push(turn)
      await turn.promise
      await file.sync()
    },
  }))
  const next = async () => {
    await expect.poll(() => waiting.length, { interval: 1 }).toBeGreaterThan(0)
    return waiting.shift()!
  }
  return { openFile, next, syncs: () => syncs }
}

const noSpace = () => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })

it('shares one sync among the appends that wait for the one before', async () => {
  const { openFile, next, syncs } = gate()
  const store = await journal.open({ openFile })
  const first = put(store, 'first')
  const turn = await next()
  const others = Array.from({ length: 64 }, (_, index) => put(store, `other-${index}`))
  turn.resolve()
  await first
  ;(await next()).resolve()
  await Promise.all(others)
  expect(syncs()).toBe(2)
  expect((await store.head()).sequence).toBe(65)
})

it('shows nothing before it is durable, and answers no repeat before either', async () => {
  const { openFile, next } = gate()
  const store = await journal.open({ openFile })
  const done: string[] = []
  const first = put(store, 'a').then(() => done.push('first'))
  const turn = await next()
  const repeat = put(store, 'a').then(([outcome]) => done.push(`repeat ${outcome?.result}`))
  await new Promise(setImmediate)
  expect(done).toEqual([])
  expect(await store.get('a')).toBeUndefined()
  expect((await store.head()).sequence).toBe(0)
  expect((await store.snapshot({ limit: 5 })).entries).toEqual([])
  turn.resolve()
  await Promise.all([first, repeat])
  expect(done).toEqual(['first', 'repeat unchanged'])
})

it('refuses a failed write and what was built on it, cuts off its tail, and goes on', async () => {
  let failing = false
  const openFile = wrapped((file) => ({
    async write(bytes, position) {
      if (!failing) return file.write(bytes, position)
      await file.write(bytes.subarray(0, 20), position)
      throw noSpace()
    },
  }))
  const store = await journal.open({ openFile })
  await put(store, 'a')
  const [path = ''] = await journal.segments()
  const before = await readFile(path)
  failing = true
  const failed = put(store, 'b')
  const repeat = put(store, 'b')
  const update = store.append([
    { alertId: 'b', apply: (current) => current && { ...current, risk_score: 1 } },
  ])
  for (const one of [failed, repeat, update]) await expect(one).rejects.toThrow(StoreUnavailable)
  expect(await readFile(path)).toEqual(before)
  failing = false
  const [outcome] = await put(store, 'b')
  expect(outcome).toMatchObject({ result: 'created', cursor: { sequence: 2 } })
  await journal.close()
  expect((await (await journal.open()).head()).sequence).toBe(2)
})

it('accepts nothing more after a failed sync, still answers reads, and starts again', async () => {
  const { openFile, next } = gate()
  const store = await journal.open({ openFile })
  const first = put(store, 'a')
  ;(await next()).resolve()
  await first
  const failed = put(store, 'b')
  const turn = await next()
  const behind = put(store, 'c')
  turn.reject(Object.assign(new Error('EIO: i/o error'), { code: 'EIO' }))
  await expect(failed).rejects.toThrow(StoreUnavailable)
  await expect(behind).rejects.toThrow(StoreUnavailable)
  await expect(put(store, 'd')).rejects.toThrow(StoreUnavailable)
  expect(store.fault()).toContain('EIO: i/o error')
  expect(journal.lines.join('\n')).toContain('no writes until a restart')
  expect((await store.recent({ limit: 5 })).items.map(({ alert_id }) => alert_id)).toEqual(['a'])
  await journal.close()
  const again = await journal.open()
  const [outcome] = await put(again, 'd')
  expect(outcome?.cursor.sequence).toBe(2)
})

it('recovers when a new segment could not be made', async () => {
  let failing = false
  const openFile: OpenLogFile = (path, create) => {
    if (create && failing) throw noSpace()
    return openLogFile(path, create)
  }
  const store = await journal.open({ openFile, segmentBytes: 1 })
  await put(store, 'a')
  failing = true
  await expect(put(store, 'b')).rejects.toThrow(StoreUnavailable)
  failing = false
  await put(store, 'b')
  expect(await journal.segments()).toHaveLength(2)
})

it('refuses writes while the disk is full, and notices by itself when it is not any more', async () => {
  let full = false
  const openFile = wrapped((file) => ({
    async write(bytes, position) {
      if (full) throw noSpace()
      await file.write(bytes, position)
    },
  }))
  const store = await journal.open({ openFile })
  await put(store, 'a')
  const [path = ''] = await journal.segments()
  const before = await readFile(path)
  full = true
  await expect(put(store, 'b')).rejects.toThrow('ENOSPC')
  expect(store.fault()).toContain('ENOSPC')
  full = false
  await expect.poll(() => store.fault(), { timeout: 5000 }).toBeUndefined()
  expect(await readFile(path)).toEqual(before)
  await put(store, 'b')
  expect((await store.head()).sequence).toBe(2)
})

it('begins the next segment once there are file descriptors again', async () => {
  let none = false
  const openFile: OpenLogFile = (path, create) => {
    if (none) throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' })
    return openLogFile(path, create)
  }
  const store = await journal.open({ openFile, segmentBytes: 1 })
  await put(store, 'a')
  none = true
  await expect(put(store, 'b')).rejects.toThrow('EMFILE')
  none = false
  await expect.poll(() => store.fault(), { timeout: 5000 }).toBeUndefined()
  await put(store, 'b')
  await journal.close()
  expect((await (await journal.open()).head()).sequence).toBe(2)
})

it('waits for what was accepted when it is closed, and refuses what comes later', async () => {
  const store = await journal.open()
  const accepted = put(store, 'a')
  await store.close()
  await accepted
  await expect(put(store, 'b')).rejects.toThrow(StoreUnavailable)
  await expect(store.head()).rejects.toThrow(StoreUnavailable)
  expect(await (await journal.open()).get('a')).toBeDefined()
})
