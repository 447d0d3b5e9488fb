import { expect, test } from 'vitest'
import { appendInputs } from '../../../src/server/ingest/ingest.ts'
import { insight } from '../../helpers/insights.ts'
import { Iops } from '../../helpers/iops.ts'
import { startOldServer } from '../../helpers/old-server.ts'
import { runServer } from '../../helpers/server.ts'
import { MemoryStore } from '../../helpers/memory-store.ts'
import { temporary } from '../../helpers/temporary.ts'
import { idsOf, upTo } from '../../helpers/watch-server.ts'

const alerts = (from: number, to: number) => upTo(to, from).map((alert_id) => insight({ alert_id }))

/** Appends alerts, each a millisecond after the one before. */
const publish = (store: MemoryStore, ids: readonly string[], from = Date.now()) =>
  appendInputs(
    store,
    ids.map((alert_id, n) => ({
      alert_id,
      entity_id: 'e',
      risk_score: 90,
      timestamp: new Date(from + n).toISOString(),
    })),
    new Date(),
  )

test.each(['--json', '--plain'])(
  "what one answer of an older server can't hold is recovered: %s",
  async (shape) => {
    await using old = await startOldServer({ retry: 50 })
    old.publish(...alerts(1, 10))
    await using watch = new Iops(['watch', shape, '--url', old.url])
    await watch.until(({ stdout }) => stdout.split('\n').length > 10)
    old.publish(...alerts(11, 44))
    await watch.until(({ stderr }) => stderr.includes('recovered'))
    expect(watch.stderr).toMatch(/resumed after 0 s: 24 alerts recovered \(no-ids\)\n/)
    expect(watch.stderr).not.toContain('may be missing')
    expect(watch.stdout.split('\n')).toHaveLength(45)
    if (shape === '--json') expect(idsOf(watch.stdout).toSorted()).toEqual(upTo(44).toSorted())
  },
)

test('a filter narrows an older server that knows none', async () => {
  await using old = await startOldServer({ retry: 50 })
  old.publish(insight({ alert_id: 'low', risk_score: 10 }), insight({ alert_id: 'high' }))
  const { stdout } = await new Iops(['watch', '--json', '-f', 'risk>=80', '--count', '1', '--url', old.url])
    .ended
  expect(idsOf(stdout)).toEqual(['high'])
})

test('--resume with a position of another log brings what came since, and says how much', async () => {
  using state = temporary()
  const env = { XDG_STATE_HOME: state.path }
  const first = await runServer()
  await publish(first.memory, upTo(3))
  const argv = ['watch', '--json', '--resume=pager', '--url', first.url]
  expect(idsOf((await new Iops([...argv, '--count', '3'], { env }).ended).stdout)).toEqual(upTo(3))
  await first.close()
  const port = Number(new URL(first.url).port)
  const store = new MemoryStore({ epoch: 'other' })
  await publish(store, upTo(27, 4))
  await using _ = await runServer({ store, port })
  await using watch = new Iops(argv, { env })
  await watch.until(({ stderr }) => stderr.includes('since you left'))
  expect(watch.stderr).toMatch(/since you left \d+ s ago: 24 critical\n/)
  expect(idsOf(watch.stdout)).toEqual(upTo(27, 4))
})

test('--since goes on over a gap: each alert once, those before it first', async () => {
  const first = await runServer()
  await publish(first.memory, upTo(20))
  await using watch = new Iops(['watch', '--json', '--since', '1h', '--url', first.url])
  await watch.until(({ stdout }) => stdout.includes('"a20"'))
  const port = Number(new URL(first.url).port)
  await first.close()
  const store = new MemoryStore({ epoch: 'other' })
  await publish(store, upTo(44, 21))
  await using _ = await runServer({ store, port })
  await watch.until(({ stderr }) => stderr.includes('resumed'))
  expect(watch.stderr).toMatch(/24 alerts recovered \(foreign\)\n/)
  await publish(store, ['a45'])
  await watch.until(({ stdout }) => stdout.includes('"a45"'))
  expect(idsOf(watch.stdout)).toEqual(upTo(45))
})
