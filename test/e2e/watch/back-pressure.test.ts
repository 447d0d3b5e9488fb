import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { binary } from '../../helpers/iops.ts'
import { idsOf, upTo, WatchServer } from '../../helpers/watch-server.ts'

const run = promisify(execFile)
const large = 'x'.repeat(8000)

/** In MiB. */
const residentOf = (pid: number | undefined) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

/** Whether the server has sent nothing for a moment. */
async function isStuck({ server }: WatchServer): Promise<boolean> {
  const before = server.unsent
  await sleep(500)
  return before > 0 && server.unsent === before
}

const shell = (server: WatchServer, pipeline: string) =>
  run(
    'bash',
    [
      '-c',
      `set -euo pipefail; watch() { "${process.execPath}" "${binary}" watch --url ${server.server.url} "$@"; }; ${pipeline}`,
    ],
    {
      env: { PATH: process.env['PATH'], HOME: server.state, LANG: 'C.UTF-8' },
    },
  )

describe('a reader that stops reading', () => {
  test.each([[['--json']], [['--plain']], [['--json', '--exec', 'sleep 600']]])(
    'stops the network, bounds the memory, and does not hold SIGTERM up: %j',
    async (flags) => {
      await using server = await WatchServer.start()
      server.publish(1)
      await using watch = server.watch(...flags)
      await watch.until(({ stdout }) => stdout.includes('a1'))
      const idle = residentOf(watch.child.pid)
      watch.child.stdout.pause()
      for (let sent = 0; sent < 20_000; sent += 500) {
        server.publish(500, { explanation: large })
        await new Promise((resolve) => setImmediate(resolve))
      }
      // Of 160 MB the server can't get rid of most.
      await expect.poll(() => isStuck(server)).toBe(true)
      expect(server.server.unsent).toBeGreaterThan(100e6)
      expect(residentOf(watch.child.pid)).toBeLessThan(idle + 100)
      watch.kill('SIGTERM')
      const start = performance.now()
      await new Promise((resolve) => watch.child.once('exit', resolve))
      watch.child.stdout.resume()
      expect((await watch.ended).code).toBe(143)
      // Handlers are given their grace; lines are not.
      expect(performance.now() - start).toBeLessThan(flags.includes('--exec') ? 30_000 : 5000)
    },
  )

  test('gets every line, in order and once, when it reads on', async () => {
    await using server = await WatchServer.start()
    server.publish(5000, { explanation: large.slice(0, 500) })
    await using watch = server.watch('--json')
    await expect.poll(() => watch.child.stdout.readableLength + watch.stdout.length).toBeGreaterThan(0)
    watch.child.stdout.pause()
    server.publish(5000)
    server.server.cut()
    watch.child.stdout.resume()
    await watch.until(({ stdout }) => stdout.includes('"a10000"'))
    expect(idsOf(watch.stdout)).toEqual(upTo(10_000))
  })
})

describe('a pipe whose reader leaves', () => {
  test('watch | head -1 ends on a quiet feed, without a word', async () => {
    await using server = await WatchServer.start()
    server.publish(1)
    for (const flags of ['--json', '--plain']) {
      const { stdout, stderr } = await shell(server, `watch ${flags} | head -1`)
      expect(stdout).toContain('a1')
      expect(stderr).toBe('')
    }
  })

  test('before there was a line at all', async () => {
    await using server = await WatchServer.start()
    expect(await shell(server, 'watch --json | true')).toMatchObject({ stdout: '', stderr: '' })
  })
})

test('a full disk is a failure with words', async () => {
  await using server = await WatchServer.start()
  server.publish(1)
  const { stdout } = await shell(server, '{ watch --json > /dev/full; } 2>&1 || echo "code $?"')
  expect(stdout).toMatch(/iops: stdout can't be written: ENOSPC.*\ncode 1\n$/)
})
