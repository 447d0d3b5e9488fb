import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freePort } from '../helpers/free-port.ts'
import { Iops, iops } from '../helpers/iops.ts'
import { serve } from '../helpers/serve.ts'
import { temporary } from '../helpers/temporary.ts'

const post = (url: string, id: string) =>
  fetch(`${url}/insights`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ alert_id: id, entity_id: 'cust_1', risk_score: 50 }),
  })

test('killed with -9 while publishing: nothing acknowledged is lost, and a watcher sees each once', async () => {
  using directory = temporary()
  const port = await freePort()
  const start = () => serve(directory.path, ['--port', String(port)])
  const acknowledged: string[] = []
  let published = 0
  await using watcher = new Iops(['watch', '--json', '--url', `http://127.0.0.1:${port}`])
  for (let life = 0; life < 3; life++) {
    await using server = await start()
    if (life === 0) {
      await post(server.url, 'the-first')
      await watcher.until(({ stdout }) => stdout.includes('"the-first"'))
    }
    const publish = async () => {
      const id = `alert-${published++}`
      if ((await post(server.url, id)).status === 201) acknowledged.push(id)
    }
    const enough = acknowledged.length + 40
    const dead = server.iops.ended
    while (acknowledged.length < enough) await Promise.all(Array.from({ length: 8 }, publish))
    const inFlight = Array.from({ length: 8 }, () => publish().catch(() => {}))
    server.iops.kill('SIGKILL')
    await dead
    await Promise.all(inFlight)
  }
  await using server = await start()
  await post(server.url, 'the-last')
  await watcher.until(({ stdout }) => stdout.includes('"the-last"'))
  const seen = watcher.stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { alert_id: string }).alert_id)
  expect(new Set(seen).size).toBe(seen.length)
  expect(seen).toEqual(expect.arrayContaining(acknowledged))
  const page = (await (await fetch(`${server.url}/insights/recent?limit=1000`)).json()) as {
    items: { alert_id: string }[]
  }
  expect(page.items.map((item) => item.alert_id)).toEqual(expect.arrayContaining(acknowledged))
}, 60_000)

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s ends open streams cleanly, and the process',
  async (signal) => {
    using directory = temporary()
    await using server = await serve(directory.path)
    const stream = await fetch(`${server.url}/stream`)
    const text = stream.text()
    server.iops.kill(signal)
    expect(await text).toContain('event: beat')
    const { stderr, code } = await server.iops.ended
    expect(code).toBe(0)
    expect(stderr).toContain('SSE stream request')
  },
)

test('a second SIGTERM ends it at once, while a request is still being sent', async () => {
  using directory = temporary()
  await using server = await serve(directory.path)
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1').on('error', () => {})
  socket.write('POST /insights HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n')
  // The server asks for the body, so it has seen the request.
  socket.write('content-length: 100\r\nexpect: 100-continue\r\n\r\n')
  await once(socket, 'data')
  server.iops.kill('SIGTERM')
  await server.iops.until(({ stderr }) => stderr.includes('shutting down'))
  server.iops.kill('SIGTERM')
  expect(await server.iops.ended).toMatchObject({ code: 143 })
  socket.destroy()
})

test('a port in use is one clear sentence', async () => {
  using directory = temporary()
  await using server = await serve(directory.path)
  using other = temporary()
  const { port } = new URL(server.url)
  const { code, stderr } = await iops(['serve', '--port', port, '--store', `file:${other.path}`])
  expect(code).toBe(1)
  expect(stderr).toContain(port)
  expect(stderr).toMatch(/in use/)
  expect(stderr).not.toMatch(/^\s+at /m)
})

test('a journal in use names the process that holds it', async () => {
  using directory = temporary()
  await using server = await serve(directory.path)
  const { code, stderr } = await iops(['serve', '--port', '0', '--store', `file:${directory.path}`])
  expect(code).toBe(1)
  expect(stderr).toContain(`in use by process ${server.iops.child.pid}`)
})

test('a damaged journal is refused with file and line; --repair sets the line aside', async () => {
  using directory = temporary()
  {
    await using server = await serve(directory.path)
    for (const id of ['a', 'b', 'c']) await post(server.url, id)
  }
  const [segment = ''] = readdirSync(directory.path).filter((name) => name.endsWith('.ndjson'))
  const file = join(directory.path, segment)
  writeFileSync(file, readFileSync(file, 'utf8').replace('"alert_id":"b"', '"alert_id":"x"'))
  const { code, stderr } = await iops(['serve', '--port', '0', '--store', `file:${directory.path}`])
  expect(code).toBe(1)
  expect(stderr).toContain(`${segment}:2`)
  expect(stderr).toContain('--repair')
  await using repaired = await serve(directory.path, ['--repair'])
  expect((await fetch(`${repaired.url}/insights/a`)).status).toBe(200)
  expect((await fetch(`${repaired.url}/insights/x`)).status).toBe(404)
  expect(readdirSync(directory.path).some((name) => name.startsWith('damaged-'))).toBe(true)
})

test.each(['/proc/iops', '/dev/null/journal'])(
  '%s is no place for a journal, and it says so',
  async (path) => {
    const { code, stderr } = await iops(['serve', '--port', '0', '--store', `file:${path}`])
    expect(code).toBe(1)
    expect(stderr).toContain(path)
  },
)
