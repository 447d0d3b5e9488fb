import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../../../../src/server/stores/store.ts'
import { insight } from '../../../../helpers/insights.ts'
import { TestJournal } from '../../../../helpers/journals.ts'
import { readUpTo } from '../../contract.ts'

let journal: TestJournal
beforeEach(async () => {
  journal = await TestJournal.create()
})
afterEach(() => journal.dispose())

type Content = Partial<ReturnType<typeof insight>>
const put = (store: Store, alert_id: string, content: Content = {}) =>
  store.append([{ alertId: alert_id, apply: () => insight({ alert_id, ...content }) }])
const idsIn = async (store: Store) =>
  (await store.recent({ limit: 1000 })).items.map(({ alert_id }) => alert_id).toSorted()
const lineCount = async () => {
  const texts = await Promise.all((await journal.segments()).map((path) => readFile(path, 'utf8')))
  return texts.join('').split('\n').length - 1
}

/** Rounds of new versions of the same alerts. */
async function makeNoise(store: Store, alerts: number, rounds: number, status: 'open' | 'resolved' = 'open') {
  for (let round = 0; round < rounds; round++)
    await store.append(
      Array.from({ length: alerts }, (_, index) => {
        const alert_id = `noisy-${String(index).padStart(2, '0')}`
        return {
          alertId: alert_id,
          apply: () => insight({ alert_id, explanation: `round ${round}`, status }),
        }
      }),
    )
}

describe('retention by count', () => {
  it('never takes the latest version of what is open or acknowledged, however noisy the others are', async () => {
    const options = { retention: { maxInsights: 500 } }
    const store = await journal.open(options)
    await put(store, 'critical', { risk_score: 97 })
    await put(store, 'seen', { status: 'acknowledged', acknowledged_by: 'eva' })
    await put(store, 'over', { status: 'resolved' })
    const start = await store.head()
    await makeNoise(store, 50, 80)
    await expect.poll(lineCount).toBeLessThan(700)
    expect((await store.get('critical'))?.risk_score).toBe(97)
    expect((await store.get('seen'))?.acknowledged_by).toBe('eva')
    const { entries, at } = await store.snapshot({ limit: 1000 })
    expect(entries.map((entry) => entry.insight.alert_id).slice(0, 2)).toEqual(['critical', 'seen'])
    expect(at.sequence).toBe(4003)
    expect(await readUpTo(store, start, 4003)).toEqual(['expired'])
    const ids = await idsIn(store)
    await journal.close()
    const again = await journal.open(options)
    expect(await idsIn(again)).toEqual(ids)
    expect((await again.head()).sequence).toBe(4003)
    await put(again, 'critical', { risk_score: 98 })
    expect((await again.get('critical'))?.risk_score).toBe(98)
    await journal.crash()
    expect((await (await journal.open(options)).get('critical'))?.risk_score).toBe(98)
  })

  it('takes what is superseded before what is resolved', async () => {
    const store = await journal.open({ retention: { maxInsights: 400 } })
    for (let index = 0; index < 100; index++) await put(store, `over-${index}`, { status: 'resolved' })
    await makeNoise(store, 20, 60)
    await expect.poll(lineCount).toBeLessThan(500)
    expect((await idsIn(store)).filter((id) => id.startsWith('over-'))).toHaveLength(100)
  })

  it('takes what is resolved, the oldest first, when there is nothing else', async () => {
    const store = await journal.open({ retention: { maxInsights: 80 } })
    for (let index = 100; index < 300; index++)
      await put(store, `a${index}`, { status: index % 2 ? 'open' : 'resolved' })
    await expect.poll(lineCount).toBeLessThan(115)
    const ids = await idsIn(store)
    expect(ids.filter((id) => Number(id.slice(1)) % 2)).toHaveLength(100)
    expect(ids).not.toContain('a100')
  })

  it('keeps history where dropping it would gain nothing', async () => {
    const store = await journal.open({ retention: { maxInsights: 50 } })
    const start = { ...(await store.head()), sequence: 0 }
    for (let index = 0; index < 200; index++) await put(store, `a${index}`)
    await put(store, 'last')
    expect(await readUpTo(store, start, 201)).toHaveLength(201)
  })

  it('joins what is left of many segments', async () => {
    const store = await journal.open({ retention: { maxInsights: 400 } })
    for (let round = 0; round < 60; round++) {
      await put(store, `open-${round}`)
      await makeNoise(store, 50, 1)
    }
    await expect.poll(lineCount).toBeLessThan(520)
    await expect.poll(async () => (await journal.segments()).length).toBeLessThan(16)
    expect((await idsIn(store)).filter((id) => id.startsWith('open-'))).toHaveLength(60)
  })
})

describe('retention by age', () => {
  const day = 86_400_000
  const start = 1_800_000_000_000

  async function withClock() {
    const time = { now: start, uptime: 0 }
    const options = {
      retention: { maxAgeMs: day },
      now: () => time.now,
      uptime: () => time.uptime,
    }
    const pass = (ms: number) => {
      time.now += ms
      time.uptime += ms
    }
    return { time, options, pass }
  }

  it('keeps the latest version of what is open', async () => {
    const { options, pass } = await withClock()
    const store = await journal.open(options)
    await put(store, 'open')
    await put(store, 'open', { risk_score: 99 })
    await put(store, 'over', { status: 'resolved' })
    pass(2 * day)
    await put(store, 'new')
    await expect.poll(() => idsIn(store)).toEqual(['new', 'open'])
    await expect.poll(lineCount).toBe(2)
    expect((await store.get('open'))?.risk_score).toBe(99)
  })

  it('does not believe a clock that jumps ahead, until it has stood by it', async () => {
    const { time, options, pass } = await withClock()
    const store = await journal.open(options)
    for (const id of ['a', 'b']) await put(store, id, { status: 'resolved' })
    time.now += 3 * day
    await put(store, 'c', { status: 'resolved' })
    await put(store, 'd', { status: 'resolved' })
    await journal.close()
    const again = await journal.open(options)
    await put(again, 'e', { status: 'resolved' })
    expect(await idsIn(again)).toEqual(['a', 'b', 'c', 'd', 'e'])
    time.now -= 3 * day
    pass(3_600_000)
    await put(again, 'f', { status: 'resolved' })
    pass(1)
    await put(again, 'g', { status: 'resolved' })
    expect(await idsIn(again)).toHaveLength(7)
  })

  it('believes it after an hour', async () => {
    const { time, options, pass } = await withClock()
    const store = await journal.open(options)
    await put(store, 'a', { status: 'resolved' })
    time.now += 3 * day
    await put(store, 'b', { status: 'resolved' })
    expect(await idsIn(store)).toEqual(['a', 'b'])
    pass(3_600_001)
    await put(store, 'c', { status: 'resolved' })
    await expect.poll(() => idsIn(store)).toEqual(['b', 'c'])
  })

  it('does not empty a journal that is opened by a clock three days ahead', async () => {
    const { time, options } = await withClock()
    await put(await journal.open(options), 'a', { status: 'resolved' })
    await journal.close()
    time.now += 3 * day
    const store = await journal.open(options)
    await put(store, 'b', { status: 'resolved' })
    expect(await idsIn(store)).toEqual(['a', 'b'])
  })
})

it('knows the lines that an interrupted compaction has left in two files', async () => {
  const options = { retention: { maxInsights: 40 }, segmentBytes: 1e6 }
  const store = await journal.open(options)
  for (let index = 0; index < 40; index++) await put(store, `open-${index}`)
  await makeNoise(store, 1, 60)
  await expect.poll(lineCount).toBeLessThan(60)
  const before = await idsIn(store)
  await journal.crash()
  const [first = '', second = ''] = await journal.segments()
  const lines = (await readFile(first, 'utf8')).split('\n')
  expect(lines.length).toBeGreaterThan(6)
  // What was in two files was joined into the first; the second, and a copy begun, are still there.
  const between = second.replace(/\d{16}(?=\.ndjson)/, String(4).padStart(16, '0'))
  await writeFile(between, lines.slice(3, 5).join('\n') + '\n')
  await copyFile(first, `${first}.new`)
  expect(await idsIn(await journal.open(options))).toEqual(before)
  expect((await journal.segments()).includes(between)).toBe(false)
})
