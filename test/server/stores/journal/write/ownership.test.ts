import { mkdir, readdir, rename, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type OpenLogFile, openLogFile } from '../../../../../src/server/stores/journal/write/log-file.ts'
import type { Entry, Store } from '../../../../../src/server/stores/store.ts'
import { insight } from '../../../../helpers/insights.ts'
import { TestJournal } from '../../../../helpers/journals.ts'
import { readUpTo } from '../../contract.ts'

let parent: TestJournal
let journal: TestJournal
beforeEach(async () => {
  parent = await TestJournal.create()
  journal = new TestJournal(join(parent.directory, 'journal'))
})
afterEach(async () => {
  await journal.close()
  await parent.dispose()
})

const put = async (store: Store, alert_id: string, risk_score = 50) => {
  const [outcome] = await store.append([
    { alertId: alert_id, apply: () => insight({ alert_id, risk_score }) },
  ])
  return outcome?.result
}
const idsOf = async (store: Store) => {
  const head = await store.head()
  const entries = (await readUpTo(store, { ...head, sequence: 0 }, head.sequence)) as Entry[]
  return entries.map((entry) => entry.insight.alert_id)
}

/** Real files whose writes wait, once `pause` was called, until `resume` is. */
function pausable() {
  let paused: PromiseWithResolvers<void> | undefined
  const reached = Promise.withResolvers<void>()
  const openFile: OpenLogFile = async (path, create) => {
    const file = await openLogFile(path, create)
    return {
      ...file,
      async write(bytes, position) {
        if (paused) reached.resolve()
        await paused?.promise
        await file.write(bytes, position)
      },
    }
  }
  return {
    openFile,
    reached: reached.promise,
    pause: () => (paused = Promise.withResolvers()),
    resume: () => paused?.resolve(),
  }
}

const losses: readonly [string, () => Promise<unknown>][] = [
  ['its lock is removed', () => unlink(join(journal.directory, 'lock'))],
  [
    'its lock is replaced by an equal file',
    async () => {
      await writeFile(join(journal.directory, 'new'), '')
      await rename(join(journal.directory, 'new'), join(journal.directory, 'lock'))
    },
  ],
  ['the directory is removed', () => rm(journal.directory, { recursive: true })],
  [
    'the directory is removed and made again',
    async () => {
      await rm(journal.directory, { recursive: true })
      await mkdir(journal.directory)
    },
  ],
  ['the directory is renamed', () => rename(journal.directory, join(parent.directory, 'elsewhere'))],
  [
    'the segment is removed',
    async () => {
      for (const path of await journal.segments()) await unlink(path)
    },
  ],
]

describe.each(losses)('once %s', (_, lose) => {
  it('acknowledges nothing more, not even what it has already, and says why', async () => {
    const store = await journal.open()
    await put(store, 'a')
    expect(store.fault()).toBeUndefined()
    await lose()
    await expect(put(store, 'b')).rejects.toThrow(/is gone|was removed|was replaced/)
    await expect(put(store, 'a')).rejects.toThrow(/is gone|was removed|was replaced/)
    expect(store.fault()).toMatch(/is gone|was removed|was replaced/)
    expect(journal.lines.join('\n')).toContain('journal failed: no writes until a restart')
  })

  it('says so before anybody appends', async () => {
    const store = await journal.open()
    await put(store, 'a')
    await lose()
    expect(store.fault()).toMatch(/is gone|was removed|was replaced/)
    await expect(put(store, 'a')).rejects.toThrow('no writes until')
  })
})

it('refuses when the directory that a symbolic link leads to is another one', async () => {
  const [link, one, two] = ['link', 'one', 'two'].map((name) => join(parent.directory, name)) as [
    string,
    string,
    string,
  ]
  await mkdir(one)
  await mkdir(two)
  await symlink(one, link)
  const linked = new TestJournal(link)
  const store = await linked.open()
  await put(store, 'a')
  await expect(new TestJournal(one).open()).rejects.toThrow('is in use by process')
  await unlink(link)
  await symlink(two, link)
  await expect(put(store, 'b')).rejects.toThrow('is gone')
  await linked.close()
})

it('lets the next process have everything that was acknowledged before its lock was removed', async () => {
  const first = await journal.open()
  await put(first, 'a')
  await unlink(join(journal.directory, 'lock'))
  const second = await new TestJournal(journal.directory).open()
  await expect(put(first, 'b')).rejects.toThrow('was replaced')
  await put(second, 'c')
  expect(await idsOf(second)).toEqual(['a', 'c'])
  await second.close()
})

it('can not overwrite what the next process acknowledged, however late its own write comes', async () => {
  const { openFile, pause, resume, reached } = pausable()
  const first = await journal.open({ openFile })
  await put(first, 'a')
  pause()
  const late = put(first, 'b')
  late.catch(() => {})
  await reached
  await unlink(join(journal.directory, 'lock'))
  const other = new TestJournal(journal.directory)
  const second = await other.open()
  for (const id of ['c', 'd', 'e']) await put(second, id)
  resume()
  await expect(late).rejects.toThrow('was replaced')
  await first.close()
  await second.close()
  expect(await idsOf(await other.open())).toEqual(['a', 'c', 'd', 'e'])
  await other.close()
})

it('takes nothing of the next process away when it was about to begin a segment', async () => {
  const creating = Promise.withResolvers<void>()
  const created = Promise.withResolvers<void>()
  const openFile: OpenLogFile = async (path, create) => {
    const file = await openLogFile(path, create)
    if (create) {
      created.resolve()
      await creating.promise
    }
    return file
  }
  const first = await journal.open({ openFile, segmentBytes: 1 })
  await put(first, 'a')
  const late = put(first, 'b')
  late.catch(() => {})
  await created.promise
  await unlink(join(journal.directory, 'lock'))
  const other = new TestJournal(journal.directory)
  const second = await other.open({ segmentBytes: 1 })
  for (const id of ['c', 'd']) await put(second, id)
  creating.resolve()
  await expect(late).rejects.toThrow('was replaced')
  await put(second, 'e')
  await second.close()
  expect(await idsOf(await other.open())).toEqual(['a', 'c', 'd', 'e'])
  await other.close()
})

it('ends a reader with an error, instead of looking for ever for a file that is gone', async () => {
  const store = await journal.open({ segmentBytes: 1 })
  for (let index = 0; index < 200; index++) await put(store, `a${index}`)
  await rm(journal.directory, { recursive: true })
  const head = await store.head()
  await expect(readUpTo(store, { ...head, sequence: 0 }, head.sequence)).rejects.toThrow('is gone')
})

it('lets nobody else read its files', async () => {
  const store = await journal.open({ segmentBytes: 1 })
  await put(store, 'a')
  await put(store, 'b')
  for (const name of await readdir(journal.directory))
    expect({ name, mode: ((await stat(join(journal.directory, name))).mode & 0o777).toString(8) }).toEqual({
      name,
      mode: '600',
    })
})
