import { expect, it, onTestFinished } from 'vitest'
import type { Insight } from '../../src/protocol/insight/insight.ts'
import { recentInsight } from '../helpers/insights.ts'
import { MemoryStore } from '../helpers/memory-store.ts'
import { openIops, type Pty } from '../helpers/pty.ts'
import { runServer } from '../helpers/server.ts'

const critical = (index: number): Insight => recentInsight(index, { risk_score: 99 })
const info = (index: number): Insight => recentInsight(index, { risk_score: 10 })

async function watch(env: Record<string, string> = {}) {
  const store = new MemoryStore()
  await store.put(critical(1))
  const server = await runServer({ store })
  onTestFinished(() => server.close())
  const pty = openIops(['watch', '--url', server.url], { columns: 110, env })
  onTestFinished(() => pty.close())
  await pty.until((text) => text.includes('● live') && text.includes('cust_1 '))
  return { store, server, pty }
}

/** Every BEL that came, with the notification that it rang for or ended. */
const rung = ({ output }: Pty): string[] =>
  // oxlint-disable-next-line no-control-regex
  output.match(/\x07?(?:\x1bPtmux;\x1b)?\x1b\]9;[^\x07]*\x07(?:\x1b\\)?|\x07/g) ?? []

it('b turns the bell on: one for what comes at once, none for snapshot and replay', async () => {
  const { store, server, pty } = await watch()
  await store.put(critical(2))
  await pty.until('cust_2 ')
  pty.press('b')
  await pty.until('bell on')
  const { port } = new URL(server.url)
  await server.close()
  await pty.until('retry in')
  await store.put(critical(3))
  const again = await runServer({ store, port: Number(port) })
  onTestFinished(() => again.close())
  pty.press('r')
  await pty.until(
    (text) => text.includes('● live') && text.includes('1 replayed') && text.includes('cust_3 '),
  )
  await store.put(info(4))
  await pty.until('cust_4 ')
  expect(rung(pty)).toEqual([])
  // Two at the same moment: the second is within ten seconds of the first.
  await store.put(critical(5), critical(6))
  await store.put(info(7))
  await pty.until('cust_7 ')
  expect(rung(pty)).toEqual(['\x07\x1b]9;critical 99 cust_5: story 5\x07'])
})

it('in tmux the notification goes in an envelope, and off is off', async () => {
  const { store, pty } = await watch({ TMUX: '/tmp/tmux-0/default,1,0' })
  pty.press('b')
  await pty.until('bell on')
  pty.press('b')
  await pty.until('bell off')
  await store.put(critical(2))
  await pty.until('cust_2 ')
  expect(rung(pty)).toEqual([])
  pty.press('b')
  await pty.until('bell on')
  await store.put(critical(3))
  await store.put(info(4))
  await pty.until('cust_4 ')
  expect(rung(pty)).toEqual(['\x07\x1bPtmux;\x1b\x1b]9;critical 99 cust_3: story 3\x07\x1b\\'])
})

it('frozen, too, another version of what is critical already is no news', async () => {
  const { store, pty } = await watch()
  pty.press('b ')
  await pty.until('frozen +0')
  await store.put(info(2))
  await pty.until('frozen +1')
  await store.put(recentInsight(1, { risk_score: 98 }), info(3))
  await pty.until('frozen +3')
  expect(rung(pty)).toEqual([])
})
