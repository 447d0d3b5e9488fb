import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { recentInsight } from '../helpers/insights.ts'
import { MemoryStore } from '../helpers/memory-store.ts'
import { openIops, type Pty } from '../helpers/pty.ts'
import { runServer } from '../helpers/server.ts'

let pty: Pty

beforeEach(async () => {
  const store = new MemoryStore()
  await store.put(...Array.from({ length: 450 }, (_, index) => recentInsight(index)))
  const server = await runServer({ store })
  onTestFinished(() => server.close())
  pty = openIops(['watch', '--url', server.url])
  onTestFinished(() => pty.close())
  await pty.until('cust_449')
})

test('scrolling past the end loads older alerts, to the first', async () => {
  // Each time at the end, the next page comes below the selection.
  for (const place of ['200 of 400', '400 of 450', '450 of 450']) {
    pty.press('\u001b[F')
    await pty.until(place)
  }
  await pty.until((text) => text.includes('cust_0 ') && text.includes('no older alerts'))
})

test('a filter in force finds what was never loaded, also while pages of another one are on their way', async () => {
  pty.press('\u001b[F')
  await pty.until('200 of')
  pty.press('/entity:cust_3\r')
  await pty.until((text) => /▌.*cust_3 /.test(text) && text.includes('no older alerts'))
  expect(pty.text()).not.toMatch(/cust_[^3]/)
  pty.press('/entity:cust_44?\r')
  await pty.until((text) => /▌.*cust_449 /.test(text) && text.includes('no older alerts'))
  pty.press('\u001b')
  // What the filter found is held already: the pages below are asked for all the same.
  await pty.until(/cust_448 /)
  for (const place of [/of 4\d\d/, /of 450/]) {
    pty.press('\u001b[F')
    await pty.until(place)
  }
  pty.press('\u001b[F')
  await pty.until((text) => text.includes('cust_0 ') && text.includes('no older alerts'))
})
