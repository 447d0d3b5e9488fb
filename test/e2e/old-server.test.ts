import { expect, it, onTestFinished } from 'vitest'
import { recentInsight } from '../helpers/insights.ts'
import { startOldServer } from '../helpers/old-server.ts'
import { openIops } from '../helpers/pty.ts'

const some = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => recentInsight(from + index))

it('an older server is watched, and nothing is claimed that it cannot do', async () => {
  await using old = await startOldServer({ retry: 100 })
  old.publish(...some(0, 25))
  const pty = openIops(['watch', '--url', old.url], { columns: 110 })
  onTestFinished(() => pty.close())
  await pty.until((text) => text.includes('● live') && /▌.*cust_24 /.test(text) && text.includes('no totals'))
  pty.press('ga')
  await pty.until((text) => text.includes('left it open') && / open .*cust_24 /.test(text))
  pty.press('G')
  old.publish(recentInsight(25))
  await pty.until((text) => /▌.*cust_25 /.test(text) && text.includes('no totals'))
  expect(pty.text()).not.toContain('link down')
  // More at once than one of its answers holds: the others are read over REST.
  old.publish(...some(26, 38))
  await pty.until(
    (text) => text.includes('2 recovered') && [26, 27, 28, 37].every((n) => text.includes(`cust_${n} `)),
  )
})
