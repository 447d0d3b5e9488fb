import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  isPositionName,
  positionFile,
  type PositionIdentity,
} from '../../../src/client/position/position-file.ts'
import { lockPosition } from '../../../src/client/position/position-lock.ts'
import { createPositionStore, sameFilter } from '../../../src/client/position/position-store.ts'

let home: string
beforeEach(async () => (home = await mkdtemp(join(tmpdir(), 'iops-position-'))))
afterEach(() => rm(home, { recursive: true, force: true }))

const fileOf = (identity: Partial<PositionIdentity> = {}) =>
  positionFile({
    streamUrl: 'http://host/stream',
    shape: 'lines',
    env: { XDG_STATE_HOME: home },
    ...identity,
  })
const storeOf = (file: string, options = {}) =>
  createPositionStore({ file, url: 'http://host/stream', ...options })

describe('the file of a position', () => {
  test('each URL, filter and kind of consumer has its own; filters that mean the same share it', () => {
    const filter = 'risk>=80 type:churn_risk'
    const files = [
      fileOf(),
      fileOf({ filter }),
      fileOf({ streamUrl: 'http://host/other/stream' }),
      fileOf({ shape: 'exec' }),
      fileOf({ shape: 'dashboard' }),
    ]
    expect(new Set(files).size).toBe(files.length)
    expect(fileOf({ filter: '  type:churn_risk   risk>=80 ' })).toBe(fileOf({ filter }))
    expect(sameFilter(filter, '  type:churn_risk   risk>=80 ')).toBe(true)
    expect(sameFilter(filter, '')).toBe(false)
  })

  test('a name is one consumer whatever it watches, and a dashboard with it another', () => {
    const name = 'pager'
    expect(fileOf({ name, streamUrl: 'http://other/stream', filter: 'risk>=80', shape: 'exec' })).toBe(
      fileOf({ name }),
    )
    expect(fileOf({ name, shape: 'dashboard' })).not.toBe(fileOf({ name }))
  })

  test.each([
    ['pager', true],
    ['A.b_c-9', true],
    ['x'.repeat(64), true],
    ['x'.repeat(65), false],
    ['', false],
    ['.', false],
    ['..', false],
    ['-x', false],
    ['a/b', false],
    ['a b', false],
    ['ä', false],
  ])('%j as a name: %s', (name, isOne) => expect(isPositionName(name)).toBe(isOne))
})

test('the next store continues where the last one stopped', async () => {
  const first = storeOf(fileOf(), { now: () => 7, filter: 'risk>=80' })
  expect(await first.load()).toBeUndefined()
  first.note('log-1')
  first.note('log-2')
  await first.close()
  expect(await storeOf(fileOf()).load()).toEqual({
    lastEventId: 'log-2',
    at: 7,
    url: 'http://host/stream',
    filter: 'risk>=80',
  })
  expect(await readdir(dirname(fileOf()))).toHaveLength(1)
})

test('a note is on disk before the store is closed, and the last one soon', async () => {
  const store = storeOf(fileOf(), { pace: 5 })
  await store.load()
  for (let id = 1; id <= 20; id++) store.note(`log-${id}`)
  await expect.poll(() => readFile(fileOf(), 'utf8').catch(() => '')).toContain('log-20')
})

test('nothing handled leaves the position as it was', async () => {
  const store = storeOf(fileOf())
  await store.load()
  await store.close()
  expect(await readdir(dirname(fileOf()))).toEqual([])
})

test('a damaged file is refused with its name', async () => {
  await mkdir(dirname(fileOf()), { recursive: true })
  await writeFile(fileOf(), '{"lastEventId":')
  await expect(storeOf(fileOf()).load()).rejects.toMatchObject({
    reason: 'failed',
    message: `the position in ${fileOf()} is damaged`,
  })
})

test('a state home that is no folder is told before anything depends on it', async () => {
  const file = join(home, 'file')
  await writeFile(file, '')
  await expect(storeOf(fileOf({ env: { XDG_STATE_HOME: file } })).load()).rejects.toMatchObject({
    reason: 'failed',
  })
})

test('a write that fails later is told once, tried again, and a failure at the end', async () => {
  const failures: string[] = []
  const store = storeOf(fileOf(), { pace: 1, onFailure: ({ message }: Error) => failures.push(message) })
  await store.load()
  await rm(dirname(fileOf()), { recursive: true })
  store.note('log-1')
  await expect.poll(() => failures).toHaveLength(1)
  store.note('log-2')
  await expect(store.close()).rejects.toMatchObject({ reason: 'failed' })
  expect(failures).toEqual([expect.stringContaining("can't be kept")])
  await mkdir(dirname(fileOf()))
  await store.close()
  expect((await storeOf(fileOf()).load())?.lastEventId).toBe('log-2')
})

test('a position belongs to one process at a time', async () => {
  await storeOf(fileOf()).load()
  const lock = lockPosition(fileOf())
  expect(lockPosition(fileOf())).toEqual({ holder: String(process.pid) })
  if ('release' in lock) lock.release()
  const next = lockPosition(fileOf())
  expect(next).toHaveProperty('release')
  if ('release' in next) next.release()
})
