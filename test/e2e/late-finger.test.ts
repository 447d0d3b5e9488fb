import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest'
import { recentInsight } from '../helpers/insights.ts'
import { MemoryStore } from '../helpers/memory-store.ts'
import { openIops, type Pty } from '../helpers/pty.ts'
import { runServer, type TestServer } from '../helpers/server.ts'

let store: MemoryStore
let server: TestServer

beforeEach(async () => {
  store = new MemoryStore()
  server = await runServer({ store })
})
afterEach(() => server.close())

/** Eight alerts a second. */
function flow(): void {
  let index = 0
  const timer = setInterval(() => void store.put(recentInsight(index++)), 125)
  onTestFinished(() => clearInterval(timer))
}

const asked = (text: string): string | undefined => /ack churn_risk (cust_\d+)\? a again, esc/.exec(text)?.[1]
const marked = (text: string): string | undefined => /▌.*(cust_\d+) /.exec(text)?.[1]
const changed = async (): Promise<string[]> => {
  const { items } = await store.recent({ limit: 1000 })
  return items.filter(({ status }) => status !== 'open').map(({ entity_id }) => entity_id)
}

/** As a person reads: the first row, and then the key, after others have come. */
async function readAndPress(pty: Pty, key: string): Promise<void> {
  const read = marked(pty.text())
  await pty.until((text) => marked(text) !== read)
  await sleep(350)
  pty.press(key)
}

it('with a late finger no alert is changed but the one that the foot line names', async () => {
  flow()
  const pty = openIops(['watch', '--url', server.url], { columns: 110 })
  onTestFinished(() => pty.close())
  await pty.until((text) => text.includes('● live') && marked(text) !== undefined)
  const named: string[] = []
  for (let round = 0; round < 6; round++) {
    await readAndPress(pty, 'a')
    await pty.until((text) => asked(text) !== undefined && marked(text) === asked(text))
    expect((await changed()).sort()).toEqual(named.toSorted())
    const name = asked(pty.text())!
    if (round % 2 === 1) {
      pty.press('\x1b')
      await pty.until((text) => text.includes('q quit') && marked(text) !== name)
      continue
    }
    named.push(name)
    await sleep(350)
    pty.press('a')
    await pty.until(`u takes it back (${name})`)
    pty.press('G')
    await pty.until((text) => marked(text) !== name)
  }
  expect((await changed()).sort()).toEqual(named.toSorted())
})
