import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Iops } from '../../helpers/iops.ts'
import { publishOne, runServer } from '../../helpers/server.ts'
import { temporary } from '../../helpers/temporary.ts'

const heartbeat = { prediction_type: 'heartbeat' }
const watch = (url: string, ...flags: string[]) => new Iops(['watch', '--url', url, '--json', ...flags])

test('a source that stays out is a line once, an --exec, and exit 3 with --fail-on-silence', async () => {
  using directory = temporary()
  const told = join(directory.path, 'told')
  await using server = await runServer({ beatMs: 100 })
  await publishOne(server, heartbeat)
  await using iops = watch(
    server.url,
    '--expect',
    '500ms:type:heartbeat',
    '--fail-on-silence',
    '--exec',
    `echo "$IOPS_PREDICTION_TYPE $IOPS_STATUS" >> ${told}`,
  )
  const { code, stderr } = await iops.ended
  expect(code).toBe(3)
  expect(stderr).toMatch(/--fail-on-silence: type:heartbeat: silent for/)
  expect(readFileSync(told, 'utf8').split('\n')).toEqual(['heartbeat open', 'silence open', ''])
})

test('silence ends with the next that matches; another alert does not count', async () => {
  await using server = await runServer({ beatMs: 100 })
  await using iops = watch(
    server.url,
    '--expect',
    '400ms:type:heartbeat',
    '--exec',
    'echo "did $IOPS_STATUS"',
  )
  await iops.until(() => iops.stderr.includes('type:heartbeat: silent for'))
  await publishOne(server, { prediction_type: 'other' })
  await iops.until(() => iops.stdout.includes('other'))
  expect(iops.stderr).not.toContain('heard again')
  await publishOne(server, heartbeat)
  await iops.until(() => iops.stderr.includes('did resolved'))
  expect(iops.stderr.match(/heard again/g)).toHaveLength(1)
  await iops.until(() => iops.stderr.split('silent for').length === 3)
})

test('a link that dies is not a source that is silent', async () => {
  await using server = await runServer({ beatMs: 100 })
  const sockets = new Set<Socket>()
  const proxy = createServer((socket) => {
    const upstream = connect(Number(new URL(server.url).port), '127.0.0.1')
    for (const one of [socket, upstream]) sockets.add(one.on('error', () => {}))
    socket.pipe(upstream).pipe(socket)
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  await using iops = watch(url, '--expect', '2s', '--fail-on-silence')
  await publishOne(server, { prediction_type: 'first' })
  await iops.until(() => iops.stdout.includes('first'))
  proxy.close()
  for (const socket of sockets) socket.destroy()
  await iops.until(() => iops.stderr.includes("whether it is silent isn't known, the link is down"))
  expect(iops.stderr).not.toContain('silent for')
  expect(iops.child.exitCode).toBe(null)
})

test.for([
  ['--expect', 'soon'],
  ['--expect', '5m:'],
  ['--expect', '5m:bogus:x'],
  ['--expect', '5m:risk>=high'],
  ['--fail-on-silence'],
])('%j is a usage error', async (flags) => {
  const { code } = await watch('http://127.0.0.1:9', ...flags).ended
  expect(code).toBe(2)
})
