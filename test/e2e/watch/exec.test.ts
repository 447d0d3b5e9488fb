import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporary } from '../../helpers/temporary.ts'
import { idsOf, upTo, WatchServer } from '../../helpers/watch-server.ts'

const isAlive = (pid: string) => existsSync(`/proc/${pid.trim()}`)

describe('a handler that fails', () => {
  test('is tried again, and the alert is handled once it ends well', async () => {
    await using server = await WatchServer.start()
    using folder = temporary()
    const tries = join(folder.path, 'tries')
    server.publish(2)
    const command = `echo "$IOPS_ALERT_ID" >> ${tries}; [ "$(grep -c a1 ${tries})" -ge 3 ]`
    const { code, stderr } = await server.watch('--json', '--count', '2', '--exec', command).ended
    expect(code).toBe(0)
    expect(readFileSync(tries, 'utf8').trim().split('\n')).toEqual(['a1', 'a1', 'a1', 'a2'])
    expect(stderr.match(/ended with exit code 1 for a1, try [23] of 4/g)).toHaveLength(2)
  })

  test('for good is named, counted, given up, and makes the exit code 1', async () => {
    await using server = await WatchServer.start()
    server.publish(3)
    const flags = [
      '--json',
      '--resume',
      '--exec',
      '[ "$IOPS_ALERT_ID" != a2 ]',
      '--exec-retries',
      '1',
      '--count',
    ]
    const { code, stderr, stdout } = await server.watch(...flags, '3').ended
    expect(code).toBe(1)
    expect(idsOf(stdout)).toEqual(upTo(3))
    expect(stderr).toContain('--exec gave up on a2 after 2 tries: it ended with exit code 1')
    expect(stderr).toContain('--exec gave up on 1 alert')
    server.publish(1)
    expect(idsOf((await server.watch(...flags, '1').ended).stdout)).toEqual(['a4'])
  })

  test('that can not be run is told', async () => {
    await using server = await WatchServer.start()
    server.publish(1)
    const { code, stderr } = await server.watch('--exec', '/nowhere', '--exec-retries', '0', '--count', '1')
      .ended
    expect(code).toBe(1)
    expect(stderr).toContain('exit code 127')
  })
})

test('one that takes longer than --exec-timeout is ended with everything it started', async () => {
  await using server = await WatchServer.start()
  using folder = temporary()
  const pids = join(folder.path, 'pids')
  server.publish(1)
  const command = `trap '' TERM; sleep 600 & echo "$! $$" > ${pids}; wait; sleep 600`
  const flags = ['--exec', command, '--exec-timeout', '300ms', '--exec-retries', '0', '--count', '1']
  const { code, stderr } = await server.watch(...flags).ended
  expect(code).toBe(1)
  expect(stderr).toContain('it took longer than')
  for (const pid of readFileSync(pids, 'utf8').split(' ')) await expect.poll(() => isAlive(pid)).toBe(false)
})

test.each([
  ['a signal', [], 143],
  ['--timeout', ['--timeout', '1500ms'], 124],
])(
  'after %s a handler has 5 s, then its process group ends, though it ignores SIGTERM',
  async (_, flags, code) => {
    await using server = await WatchServer.start()
    using folder = temporary()
    const pids = join(folder.path, 'pids')
    server.publish(1)
    const command = `trap '' TERM; echo "$$" > ${pids}; while :; do sleep 1; done`
    await using watch = server.watch('--json', '--exec', command, ...flags)
    await expect.poll(() => existsSync(pids)).toBe(true)
    if (code === 143) watch.kill('SIGTERM')
    const ended = await watch.ended
    expect(ended.code).toBe(code)
    expect(ended.stderr).toContain('1 handler still ran after 5 s, ended with SIGTERM')
    expect(ended.stderr).toContain('1 alert left unhandled')
    await expect.poll(() => isAlive(readFileSync(pids, 'utf8'))).toBe(false)
  },
)

test('a second signal ends watch and its handlers at once', async () => {
  await using server = await WatchServer.start()
  using folder = temporary()
  const pids = join(folder.path, 'pids')
  server.publish(1)
  const command = `trap '' TERM INT; echo "$$" > ${pids}; while :; do sleep 1; done`
  await using watch = server.watch('--json', '--exec', command)
  await expect.poll(() => existsSync(pids) && readFileSync(pids, 'utf8')).toMatch(/\d\n/)
  // The first one is taken before the second one is sent: two pending signals of a kind are one.
  watch.kill('SIGTERM')
  const again = setInterval(() => watch.kill('SIGINT'), 50)
  const { code, stderr } = await watch.ended
  clearInterval(again)
  expect(code).toBeGreaterThan(128)
  expect(stderr).not.toContain('still ran after')
  await expect.poll(() => isAlive(readFileSync(pids, 'utf8'))).toBe(false)
})

test('a handler gets the URL and the filter in force, and prints to stderr only', async () => {
  await using server = await WatchServer.start()
  server.publish(1)
  const command = 'echo "handler $IOPS_URL|$IOPS_FILTER"'
  const flags = ['--json', '--count', '1', '-f', 'risk>=80', '--exec', command]
  const { stdout, stderr, code } = await server.watch(...flags).ended
  expect(code).toBe(0)
  expect(idsOf(stdout)).toEqual(['a1'])
  expect(stderr).toBe(`handler ${server.server.url}|risk>=80\n`)
})

test('a handler that closes its stdin at once harms nobody', async () => {
  await using server = await WatchServer.start()
  server.publish(20, { explanation: 'x'.repeat(300_000) })
  const { code, stderr } = await server.watch('--json', '--count', '20', '--exec', 'exec <&-; true').ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})

test('--exec-jobs runs so many at once, those of one alert in order', async () => {
  await using server = await WatchServer.start()
  using folder = temporary()
  const at = (name: string) => join(folder.path, name)
  server.publish(3)
  server.server.publish(...['one', 'two'].map((explanation) => ({ ...server.insight('a1'), explanation })))
  // Each waits until three run: with fewer at once it would never end, and fail by its timeout.
  const command = `echo "$IOPS_EXPLANATION" >> ${at('$IOPS_ALERT_ID')}; while [ "$(ls ${folder.path} | wc -l)" -lt 3 ]; do sleep 0.02; done`
  const flags = ['--json', '--count', '5', '--exec', command, '--exec-jobs', '3', '--exec-timeout', '30s']
  expect((await server.watch(...flags).ended).code).toBe(0)
  expect(readFileSync(at('a1'), 'utf8')).toBe('likely to leave\none\ntwo\n')
})

test('the flags of handlers without --exec are a mistake', async () => {
  await using server = await WatchServer.start()
  const { code, stderr } = await server.watch('--json', '--exec-retries', '2').ended
  expect(code).toBe(2)
  expect(stderr).toContain('need --exec')
})
