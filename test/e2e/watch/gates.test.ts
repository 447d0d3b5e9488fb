import { expect, test } from 'vitest'
import { iops } from '../../helpers/iops.ts'
import { WatchServer } from '../../helpers/watch-server.ts'

const critical = 'severity:critical'

test.each([
  ['--until that is met', ['--until', 'id:a2'], 0, /--until is met by a2/],
  ['--fail-on that is met', ['--fail-on', 'id:a2'], 3, /--fail-on is met by a2/],
  ['both, --until first', ['--until', 'id:a2', '--fail-on', 'id:a3'], 0, /--until is met by a2/],
  ['both, --fail-on first', ['--until', 'id:a3', '--fail-on', 'id:a2'], 3, /--fail-on is met by a2/],
  ['both by the same alert', ['--until', 'id:a2', '--fail-on', 'id:a2'], 3, /--fail-on is met by a2/],
])('%s', async (_, flags, code, said) => {
  await using server = await WatchServer.start()
  server.publish(1)
  await using watch = server.watch('--json', ...flags)
  await watch.until(({ stdout }) => stdout.includes('a1'))
  server.publish(2)
  const ended = await watch.ended
  expect(ended.code).toBe(code)
  expect(ended.stderr).toMatch(said)
  expect(ended.stdout).not.toContain('"a3"')
})

test.each([
  ['--until', ['--until', critical], 124],
  ['--until and --fail-on', ['--until', critical, '--fail-on', critical], 124],
  ['--fail-on alone', ['--fail-on', critical], 0],
  ['--fail-on and --count', ['--fail-on', critical, '--count', '9'], 124],
])('what was there before the start meets nothing: %s, until the time is up', async (_, flags, code) => {
  await using server = await WatchServer.start()
  server.publish(1)
  const ended = await server.watch('--json', ...flags, '--timeout', '1500ms').ended
  expect(ended.stdout).toContain('a1')
  expect(ended.code).toBe(code)
})

test('a gate that never saw the feed is not met calmly', async () => {
  const server = await WatchServer.start()
  await server[Symbol.asyncDispose]()
  const { code, stderr } = await server.watch('--json', '--fail-on', critical, '--timeout', '1s').ended
  expect(code).toBe(5)
  expect(stderr).toContain("whether --fail-on was met isn't known")
})

test.each(['risk >= 80', 'risk>80 and x', 'severity =critical', 'NOT type:a', 'a OR b'])(
  'a filter that could never match is refused with its position: %s',
  async (text) => {
    for (const flag of ['--until', '--fail-on', '--filter']) {
      const { code, stderr } = await iops(['watch', flag, text, '--url', 'http://127.0.0.1:9'])
      expect(code).toBe(2)
      expect(stderr).toMatch(/At character \d+: /)
    }
  },
)
