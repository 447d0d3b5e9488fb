import { expect, it, onTestFinished } from 'vitest'
import { recentInsight } from '../helpers/insights.ts'
import { iops } from '../helpers/iops.ts'
import { MemoryStore } from '../helpers/memory-store.ts'
import { openIops } from '../helpers/pty.ts'
import { runServer } from '../helpers/server.ts'

it('an alert of risk 79.96 that is resolved is told in the same words on every way out', async () => {
  const store = new MemoryStore()
  await store.put(recentInsight(1, { risk_score: 79.96, status: 'resolved' }))
  const server = await runServer({ store })
  onTestFinished(() => server.close())
  const out = async (...argv: string[]) => (await iops([...argv, '--url', server.url])).stdout
  const row = /79 +! warn .*resolved/
  expect(await out('recent')).toMatch(row)
  expect(await out('watch', '--plain', '--count', '1')).toMatch(row)
  expect(await out('get', 'a1')).toMatch(/risk_score +79 ! warn\n/)
  expect(await out('stats')).toMatch(/average risk +79\n/)
  const told = 'echo "$IOPS_SEVERITY $IOPS_STATUS" >&2'
  const { stderr } = await iops(['watch', '--json', '--count', '1', '--exec', told, '--url', server.url])
  expect(stderr).toContain('warning resolved')
  const pty = openIops(['watch', '--url', server.url], { columns: 110 })
  onTestFinished(() => pty.close())
  await pty.until((text) => row.test(text) && text.includes('avg risk 79'))
  pty.press('gYm')
  await pty.until("sent the markdown to the terminal's clipboard")
  // oxlint-disable-next-line no-control-regex
  const [, copied = ''] = /\x1b\]52;c;([A-Za-z0-9+/=]*)\x07/.exec(pty.output) ?? []
  expect(Buffer.from(copied, 'base64').toString()).toMatch(/^\*\*warning 79\*\* .*resolved/s)
})
