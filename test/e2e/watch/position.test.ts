import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporary } from '../../helpers/temporary.ts'
import { idsOf, upTo, WatchServer } from '../../helpers/watch-server.ts'

test('--count takes so many, and the next run goes on behind them', async () => {
  await using server = await WatchServer.start()
  server.publish(6)
  const seen: string[] = []
  for (let run = 1; run <= 3; run++) {
    const { stdout, code } = await server.watch('--json', '--resume', '--count', '2').ended
    expect(code).toBe(0)
    seen.push(...idsOf(stdout))
  }
  expect(seen).toEqual(upTo(6))
})

test('after SIGTERM with handlers waiting the next run brings what was not handled', async () => {
  await using server = await WatchServer.start()
  using folder = temporary()
  const done = join(folder.path, 'done')
  server.publish(4)
  // The first handler ends when the test says so, after the signal.
  const command = `echo "$IOPS_ALERT_ID" >> ${done}; while [ ! -e ${done}.go ]; do sleep 0.02; done`
  await using first = server.watch('--json', '--resume=pager', '--exec', command)
  await expect.poll(() => existsSync(done)).toBe(true)
  await first.until(({ stdout }) => idsOf(stdout).length === 4)
  first.kill('SIGTERM')
  writeFileSync(`${done}.go`, '')
  const { code, stderr } = await first.ended
  expect(code).toBe(143)
  expect(stderr).toContain('3 alerts left unhandled; the next run with the same --resume brings what is left')
  expect((await server.watch('--json', '--resume=pager', '--exec', command, '--count', '3').ended).code).toBe(
    0,
  )
  expect(readFileSync(done, 'utf8').trim().split('\n')).toEqual(upTo(4))
})

test('a handler that was killed with the watch, before its position was written, runs again', async () => {
  await using server = await WatchServer.start()
  using folder = temporary()
  const log = join(folder.path, 'log')
  server.publish(3)
  // kill -9 hits the watch from within its second handler.
  const command = `echo "$IOPS_ALERT_ID" >> ${log}; if [ "$IOPS_ALERT_ID" = a2 ] && [ ! -e ${log}.killed ]; then touch ${log}.killed; kill -9 $PPID; fi`
  const first = await server.watch('--json', '--resume', '--exec', command).ended
  expect(first.code).toBe(137)
  await using second = server.watch('--json', '--resume', '--exec', command)
  await second.until(({ stdout }) => stdout.includes('a3'))
  await expect.poll(() => readFileSync(log, 'utf8')).toContain('a3')
  const ran = readFileSync(log, 'utf8').trim().split('\n')
  expect(new Set(ran)).toEqual(new Set(upTo(3)))
  expect(ran.filter((id) => id === 'a2')).toHaveLength(2)
})

test('lines that a full pipe did not take come with the next run', async () => {
  await using server = await WatchServer.start()
  server.publish(5000)
  await using stuck = server.watch('--json', '--resume')
  stuck.child.stdout.pause()
  await expect.poll(() => stuck.child.stdout.readableLength).toBeGreaterThan(0)
  stuck.kill('SIGKILL')
  stuck.child.stdout.resume()
  const first = idsOf((await stuck.ended).stdout)
  expect(first).toEqual(upTo(first.length))
  await using next = server.watch('--json', '--resume')
  await next.until(({ stdout }) => stdout.includes('"a5000"'))
  const second = idsOf(next.stdout)
  expect([...new Set([...first, ...second])]).toEqual(upTo(5000))
  expect(first.length).toBeLessThan(5000)
})

test('names, filters, shapes: each consumer has a position of its own', async () => {
  await using server = await WatchServer.start()
  server.publish(2)
  const read = async (...flags: string[]) =>
    idsOf((await server.watch('--json', '--count', '1', ...flags).ended).stdout)
  expect(await read('--resume')).toEqual(['a1'])
  expect(await read('--resume=one')).toEqual(['a1'])
  expect(await read('--resume=two')).toEqual(['a1'])
  expect(await read('--resume', '--exec', 'true')).toEqual(['a1'])
  expect(await read('--resume', '-f', 'risk>1')).toEqual(['a1'])
  for (const flags of [['--resume'], ['--resume=one'], ['--resume=two'], ['--resume', '--exec', 'true']])
    expect(await read(...flags)).toEqual(['a2'])
})

test('a changed filter under a name is said', async () => {
  await using server = await WatchServer.start()
  server.publish(2)
  await server.watch('--json', '--resume=one', '--count', '1').ended
  const { stderr } = await server.watch('--json', '--resume=one', '--count', '1', '-f', 'risk>=80').ended
  expect(stderr).toContain(`the position "one" was kept with the filter ''`)
})

test('two processes under one name: the second is refused, and without a name it is said', async () => {
  await using server = await WatchServer.start()
  server.publish(1)
  await using first = server.watch('--json', '--resume=one')
  await first.until(({ stdout }) => stdout.includes('a1'))
  const second = await server.watch('--json', '--resume=one').ended
  expect(second).toMatchObject({ code: 1, stdout: '' })
  expect(second.stderr).toContain(`in use by process ${first.child.pid}`)
  await using plain = server.watch('--json', '--resume')
  await plain.until(({ stdout }) => stdout.includes('a1'))
  const other = await server.watch('--json', '--resume', '--timeout', '1s').ended
  expect(other.stderr).toContain(`process ${plain.child.pid} watches the same`)
})

test('a name that no file should have is refused', async () => {
  await using server = await WatchServer.start()
  for (const name of ['../x', 'a b', '.hidden']) {
    const { code, stderr } = await server.watch('--json', `--resume=${name}`).ended
    expect(code).toBe(2)
    expect(stderr).toContain("can't name a position")
  }
})

test('a folder that is gone is said, at once and at the end', async () => {
  await using server = await WatchServer.start()
  server.publish(1)
  await using watch = server.watch('--json', '--resume', '--count', '3')
  await watch.until(({ stdout }) => stdout.includes('a1'))
  rmSync(join(server.state, 'iops'), { recursive: true })
  server.publish(1)
  await watch.until(({ stderr }) => /can't be kept.*trying again/.test(stderr))
  server.publish(1)
  const { code, stderr } = await watch.ended
  expect(code).toBe(1)
  expect(stderr.match(/can't be kept/g)).toHaveLength(2)
})
