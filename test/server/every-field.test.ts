import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeInsight } from '../../src/protocol/insight/encode.ts'
import { type FieldName, fieldList, fieldNames } from '../../src/protocol/insight/fields.ts'
import { parseInsight } from '../../src/protocol/insight/read.ts'
import { openapi } from '../../src/server/http/openapi.ts'
import { type RunningServer, startServer } from '../../src/server/http/node-server.ts'
import { openDynamo } from '../../src/server/stores/dynamo/dynamo.ts'
import type { Store } from '../../src/server/stores/store.ts'
import { createTables, type Emulator, startDynoxide } from '../helpers/dynamo.ts'
import { TestJournal } from '../helpers/journals.ts'
import { sampleFields, sampleFilters } from '../helpers/sample-fields.ts'

/** A store that can be closed and opened again over what it has kept. */
interface Kept {
  open(): Promise<Store>
  dispose(): Promise<void>
}

const quiet = { logger: () => {} }
let emulator: Emulator
beforeAll(async () => {
  emulator = await startDynoxide()
})
afterAll(() => emulator.stop())

const stores: readonly { name: string; create: () => Promise<Kept> }[] = [
  {
    name: 'journal',
    async create() {
      const journal = await TestJournal.create()
      return {
        async open() {
          await journal.close()
          return journal.open()
        },
        dispose: () => journal.dispose(),
      }
    },
  },
  {
    name: 'DynamoDB',
    async create() {
      const tables = await createTables(emulator)
      let store: Store | undefined
      return {
        async open() {
          await store?.close()
          return (store = await openDynamo(tables.url(), quiet))
        },
        dispose: async () => store?.close(),
      }
    },
  },
]

const query = (filter: string) => `filter=${encodeURIComponent(filter)}`

describe.each(stores)('every field of the table, over a $name', ({ create }) => {
  let kept: Kept
  let store: Store
  let server: RunningServer
  const start = async () => {
    store = await kept.open()
    server = await startServer({ store, ...quiet })
  }
  beforeAll(async () => {
    kept = await create()
    await start()
  })
  afterAll(async () => {
    await server.close()
    await kept.dispose()
  })

  const id = String(sampleFields.alert_id)
  const send = async (method: string, path: string, body: unknown) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(server.url + path, { method, headers, body: JSON.stringify(body) })
    expect([200, 201]).toContain(answer.status)
    return (await answer.json()) as Record<string, unknown>
  }
  const get = async () => (await (await fetch(`${server.url}/insights/${id}`)).json()) as object
  const recent = async (query: string) => {
    const answer = await fetch(`${server.url}/insights/recent?${query}`)
    const { items } = (await answer.json()) as { items: object[] }
    return items
  }
  /** The texts of a stream's snapshot, which a beat ends. */
  const streamed = async (query: string) => {
    const ending = new AbortController()
    const { body } = await fetch(`${server.url}/stream?${query}`, { signal: ending.signal })
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of body ?? []) {
      text += decoder.decode(chunk, { stream: true })
      if (text.includes('event: beat')) break
    }
    ending.abort()
    return [...text.matchAll(/^data: (\{"alert_id".*)$/gm)].map(([, json]) => json ?? '')
  }

  test('a POST of all of them is kept whole', async () => {
    await send('POST', '/insights', sampleFields)
    expect(await get()).toEqual(sampleFields)
    expect(await recent('')).toEqual([sampleFields])
    const [json = ''] = await streamed('')
    expect(JSON.parse(json)).toEqual(sampleFields)
    expect(Object.keys(JSON.parse(json) as object)).toEqual(fieldNames)
    expect(encodeInsight(parseInsight(json))).toBe(json)
  })

  describe.each(['at once', 'after a restart'])('%s', (when) => {
    beforeAll(async () => {
      if (when === 'at once') return
      await server.close()
      await start()
    })

    test('GET has all of them', async () => expect(await get()).toEqual(sampleFields))

    test.each(fieldNames)('%s can be filtered by, where the table says so', async (name) => {
      const filters = sampleFilters(name)
      const field = fieldList.find((each) => each.name === name)
      expect(filters !== undefined).toBe(Boolean(field?.filter ?? field?.searched))
      if (!filters) return
      const { finds, misses } = filters
      expect(await recent(query(finds))).toEqual([sampleFields])
      expect(await recent(query(misses))).toEqual([])
      expect((await streamed(query(finds))).map((json) => JSON.parse(json) as unknown)).toEqual([
        sampleFields,
      ])
      expect(await streamed(query(misses))).toEqual([])
    })
  })

  test('a PATCH changes nothing but what people decide', async () => {
    const changed = await send('PATCH', `/insights/${id}`, { status: 'resolved' })
    for (const { name, kept } of fieldList) if (!kept) expect(changed[name], name).toEqual(sampleFields[name])
    expect(changed['note']).toBe(sampleFields.note)
    await send('PATCH', `/insights/${id}`, {
      status: 'acknowledged',
      by: String(sampleFields.acknowledged_by),
    })
  })

  test('a source that leaves out a field gets its default, and what people decided stays', async () => {
    const before = (await get()) as Record<FieldName, unknown>
    const { entity_id, risk_score } = sampleFields
    await send('POST', '/insights', { alert_id: id, entity_id, risk_score })
    const after = (await get()) as Record<FieldName, unknown>
    for (const { name, kept, missing } of fieldList)
      if (kept) expect(after[name], name).toEqual(before[name])
      else if (missing === 'absent') expect(after[name], name).toBeUndefined()
      else if (typeof missing === 'object') expect(after[name], name).toEqual(missing.value)
  })
})

test('the API document describes every field', () => {
  const { components } = openapi() as {
    components: { schemas: Record<string, { properties: Record<string, object>; required: string[] }> }
  }
  for (const name of ['Insight', 'InsightInput'])
    expect(Object.keys(components.schemas[name]?.properties ?? {}), name).toEqual(fieldNames)
  expect(components.schemas['InsightInput']?.required).toEqual(['entity_id', 'risk_score'])
})
