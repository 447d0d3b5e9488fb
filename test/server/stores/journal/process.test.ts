import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Entry } from '../../../../src/server/stores/store.ts'
import { TestJournal } from '../../../helpers/journals.ts'
import { readUpTo } from '../contract.ts'

const program = fileURLToPath(new URL('../../../helpers/journal-appender.ts', import.meta.url))

let journal: TestJournal
const children: ChildProcess[] = []
beforeEach(async () => {
  journal = await TestJournal.create()
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await journal.dispose()
})

/** A process that appends to the journal, once it holds it; `acknowledged` grows as it prints. */
async function startAppender(...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', program, journal.directory, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  const acknowledged = () => text.split('\n').slice(1, -1)
  await expect.poll(() => text, { interval: 10 }).toContain('ready')
  return { child, acknowledged }
}

describe('a process killed while it appends', () => {
  it('loses nothing acknowledged, doubles nothing, and leaves no lock', async () => {
    const acknowledged: string[] = []
    for (const wanted of [30, 1, 200]) {
      const appender = await startAppender()
      await expect.poll(() => appender.acknowledged().length, { interval: 1 }).toBeGreaterThan(wanted)
      appender.child.kill('SIGKILL')
      await once(appender.child, 'close')
      acknowledged.push(...appender.acknowledged())
    }
    const store = await journal.open()
    const head = await store.head()
    const entries = (await readUpTo(store, { ...head, sequence: 0 }, head.sequence)) as Entry[]
    const ids = entries.map((entry) => entry.insight.alert_id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(acknowledged.length).toBeGreaterThan(230)
    expect(acknowledged.filter((id) => !ids.includes(id))).toEqual([])
  }, 60_000)
})

describe('a process killed while retention drops what is old', () => {
  it('keeps everything acknowledged that is open, and what is kept opens again', async () => {
    const acknowledged: string[] = []
    for (const wanted of [300, 700, 500]) {
      const appender = await startAppender('2000', '8', '60')
      await expect
        .poll(() => appender.acknowledged().length, { interval: 1, timeout: 20_000 })
        .toBeGreaterThan(wanted)
      appender.child.kill('SIGKILL')
      await once(appender.child, 'close')
      acknowledged.push(...appender.acknowledged())
    }
    const store = await journal.open({ segmentBytes: 2000, retention: { maxInsights: 60 } })
    const open = acknowledged.filter((id) => Number(id.slice('alert-'.length)) % 20 === 0)
    expect(open.length).toBeGreaterThan(70)
    const found = await Promise.all(open.map((id) => store.get(id)))
    expect(open.filter((_, index) => found[index] === undefined)).toEqual([])
    const resolved = async () => (await store.aggregate({})).byStatus?.['resolved'] ?? 0
    await expect.poll(resolved, { timeout: 30_000 }).toBeLessThan(100)
    const kept = await Promise.all(open.map((id) => store.get(id)))
    expect(open.filter((_, index) => kept[index] === undefined)).toEqual([])
  }, 120_000)
})

describe('a directory', () => {
  it('in use by another process is refused, with that process named', async () => {
    const { child } = await startAppender()
    await expect(journal.open()).rejects.toThrow(
      `the journal in ${journal.directory} is in use by process ${child.pid}`,
    )
    child.kill('SIGKILL')
    await once(child, 'close')
    await journal.open()
  }, 60_000)

  it('in use by this process is refused too, until it is closed', async () => {
    const store = await journal.open()
    await expect(journal.open()).rejects.toThrow(`in use by process ${process.pid}`)
    await store.close()
    await journal.open()
  })

  it('that cannot be made is refused in words', async () => {
    const file = join(journal.directory, 'file')
    await writeFile(file, '')
    await expect(new TestJournal(join(file, 'sub')).open()).rejects.toThrow(
      `cannot use ${join(file, 'sub')} for the journal`,
    )
    await mkdir(join(journal.directory, 'lock-in-the-way', 'lock'), { recursive: true })
    await expect(new TestJournal(join(journal.directory, 'lock-in-the-way')).open()).rejects.toThrow(
      'cannot use',
    )
  })
})
