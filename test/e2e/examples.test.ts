import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { publishOne, runServer } from '../helpers/server.ts'
import { temporary } from '../helpers/temporary.ts'

const example = (name: string) => join(import.meta.dirname, '../../examples', name)

/** Resolves once the child's stdout holds a line. */
async function line(child: ChildProcessWithoutNullStreams, wanted: string): Promise<void> {
  let out = ''
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>)
    if ((out += String(chunk)).includes(`${wanted}\n`)) return
  throw new Error(`it ended: ${out}`)
}

test('exactly-once: each alert has one effect, over kill -9', async () => {
  using directory = temporary()
  await using server = await runServer()
  const file = join(directory.path, 'effects.sqlite')
  const run = () =>
    spawn(process.execPath, [example('exactly-once.mjs'), server.url, file], {
      env: { PATH: process.env['PATH'], HOME: directory.path, XDG_STATE_HOME: directory.path },
    })
  const critical = (n: number) => publishOne(server, { alert_id: `a${n}`, risk_score: 95 })
  await critical(1)
  const first = run()
  await line(first, 'done a1')
  await critical(2)
  await line(first, 'done a2')
  first.kill('SIGKILL')
  await once(first, 'close')
  for (const n of [3, 4]) await critical(n)
  const second = run()
  await line(second, 'done a4')
  second.kill('SIGTERM')
  expect(await once(second, 'close')).toEqual([0, null])
  using effects = new DatabaseSync(file)
  expect(effects.prepare('SELECT alert_id FROM effects ORDER BY rowid').all()).toEqual(
    [1, 2, 3, 4].map((n) => ({ alert_id: `a${n}` })),
  )
})
