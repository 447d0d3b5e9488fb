import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { freePort } from '../helpers/free-port.ts'
import { binary, Iops, iops } from '../helpers/iops.ts'
import { serve } from '../helpers/serve.ts'
import { runServer } from '../helpers/server.ts'
import { temporary } from '../helpers/temporary.ts'

const line = (n: number, extra: object = {}) =>
  `${JSON.stringify({ alert_id: `line-${n}`, entity_id: 'e', risk_score: n, ...extra })}\n`

test('tail -F into publish: a server that is killed and away for a while gets every line, once', async () => {
  using directory = temporary()
  const port = await freePort()
  const start = () => serve(directory.path, ['--port', String(port)])
  const file = join(directory.path, 'scores.ndjson')
  writeFileSync(file, '')
  const tail = spawn('tail', ['-n', '+1', '-F', file])
  await using first = await start()
  await using publish = new Iops(['publish', '--json', '--url', first.url])
  tail.stdout.pipe(publish.child.stdin)
  try {
    const stored = (count: number) => publish.until(({ stdout }) => stdout.split('\n').length - 1 >= count)
    for (let n = 1; n <= 5; n++) {
      appendFileSync(file, line(n))
      await stored(n)
    }
    first.iops.kill('SIGKILL')
    await first.iops.ended
    appendFileSync(file, line(6))
    await publish.until(({ stderr }) => stderr.split('next try in').length > 3)
    for (let n = 7; n <= 12; n++) appendFileSync(file, line(n))
    await using second = await start()
    await stored(12)
    tail.kill()
    const { code, stdout, stderr } = await publish.ended
    expect(code).toBe(0)
    expect(stderr).toMatch(/^can't reach http:\S+: connection refused \(ECONNREFUSED\), next try in 1 s$/m)
    expect(stdout.match(/"result":"created"/g)).toHaveLength(12)
    const versions = (await (await fetch(`${second.url}/insights/recent?limit=1000`)).json()) as {
      items: unknown[]
    }
    expect(versions.items).toHaveLength(12)
  } finally {
    tail.kill()
  }
}, 60_000)

/** Passes everything on to a server, and cuts the first answers off: before or within their body. */
async function startLossyProxy(target: string, losses: readonly ('all' | 'half')[]) {
  const left = [...losses]
  const server = createServer((request, response) => {
    void (async () => {
      const answer = await fetch(target + (request.url ?? ''), {
        method: request.method ?? 'GET',
        headers: { 'content-type': 'application/json' },
        body: request.method === 'POST' ? await buffer(request) : null,
      })
      const body = Buffer.from(await answer.arrayBuffer())
      const loss = left.shift()
      if (loss === 'all') return request.socket.destroy()
      response.writeHead(answer.status, {
        'content-type': 'application/json',
        'content-length': body.length,
      })
      if (loss === 'half') response.write(body.subarray(0, 10), () => request.socket.destroy())
      else response.end(body)
    })()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

describe('an answer that is lost', () => {
  test('is asked for again without a second version of anything', async () => {
    await using server = await runServer()
    await using proxy = await startLossyProxy(server.url, ['all', 'half', 'all'])
    const input = [
      line(1),
      line(2, { alert_id: 'twice' }),
      line(3, { alert_id: 'twice' }),
      '{"entity_id":"no-id","risk_score":4}\n',
      line(5, { alert_id: 'twice' }),
    ].join('')
    const ended = await iops(['publish', '--json', '--retry-for', '1m', '--url', proxy.url], { input })
    expect(ended).toMatchObject({ code: 0 })
    const head = await server.memory.head()
    expect(head.sequence).toBe(5)
  }, 30_000)
})

describe('nothing to publish', () => {
  test.each(['', '\n', '  \n\t\r\n', '\u{feff}\n', '[]', '[]\n[]'])('%j on stdin is fine', async (input) => {
    expect(await iops(['publish'], { input, env: { IOPS_URL: 'http://127.0.0.1:9' } })).toEqual({
      stdout: '',
      stderr: '',
      code: 0,
    })
  })

  test('an empty file is fine, too, and so is a stdin that is closed', async () => {
    using folder = temporary()
    const file = join(folder.path, 'empty')
    writeFileSync(file, '')
    expect(await iops(['publish', file])).toEqual({ stdout: '', stderr: '', code: 0 })
    const script = `set -euo pipefail; "$NODE" "$IOPS" publish <&-; grep nothing '${file}' | "$NODE" "$IOPS" publish || true; cat '${file}' | "$NODE" "$IOPS" publish; echo reached`
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, NODE: process.execPath, IOPS: binary },
    })
    expect({ stdout, stderr }).toEqual({ stdout: 'reached\n', stderr: '' })
  })
})

describe('--retry-for', () => {
  test('waits from the start for a server that is not there yet', async () => {
    using directory = temporary()
    const port = await freePort()
    const url = `http://127.0.0.1:${port}`
    const argv = ['publish', '-e', 'e', '-r', '1', '--url', url, '--retry-for', '1m']
    await using publish = new Iops(argv, { input: '' })
    await publish.until(({ stderr }) => stderr.includes('next try in'))
    await using server = await serve(directory.path, ['--port', String(port)])
    expect(server.url).toBe(url)
    expect((await publish.ended).code).toBe(0)
  }, 30_000)

  test.each([
    ['without it, a server that was never there ends it at once', []],
    ['0 never waits', ['--retry-for', '0']],
  ])('%s', async (_, flags) => {
    const url = `http://127.0.0.1:${await freePort()}`
    const { code, stderr } = await iops(['publish', '-e', 'e', '-r', '1', '--url', url, ...flags])
    expect(code).toBe(5)
    expect(stderr).not.toContain('next try')
  })

  test('ends with what is known when the time is up', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    const argv = ['publish', '-e', 'e', '-r', '1', '--url', url, '--retry-for', '700ms']
    const { code, stderr } = await iops(argv)
    expect(code).toBe(5)
    expect(stderr.match(/next try in/g)).toHaveLength(2)
    expect(stderr).toMatch(/^iops: can't reach .*ECONNREFUSED/m)
  })
})

/** Runs a shell script with `$NODE "$IOPS"`. */
const through = (script: string, url: string) =>
  spawnSync('bash', ['--norc', '-c', `set -o pipefail; ${script}`], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, NODE: process.execPath, IOPS: binary, IOPS_URL: url },
  })

describe('a reader that leaves', () => {
  test('does not keep anything from being published, acknowledged or said', async () => {
    using directory = temporary()
    await using server = await serve(join(directory.path, 'journal'))
    const file = join(directory.path, 'many')
    const numbers = Array.from({ length: 5000 }, (_, n) => n)
    writeFileSync(file, numbers.map((n) => line(n % 100, { alert_id: `many-${n}` })).join(''))
    const published = through(`"$NODE" "$IOPS" publish '${file}' | head -1`, server.url)
    expect(published).toMatchObject({ status: 0, stdout: 'created    many-0\n' })
    const { stdout } = await iops(['stats', '--json', '--url', server.url])
    expect(JSON.parse(stdout)).toMatchObject({ total: 5000 })
    const acked = through(`seq -f many-%g 0 49 | "$NODE" "$IOPS" ack - | head -1`, server.url)
    expect(acked).toMatchObject({ status: 0, stderr: '' })
    const after = await iops(['stats', '--json', '--url', server.url])
    expect(JSON.parse(after.stdout)).toMatchObject({ byStatus: { acknowledged: 50 } })
    const failing = through(
      `printf 'many-60\nmissing\nmany-61\n' | "$NODE" "$IOPS" ack - | head -0`,
      server.url,
    )
    expect(failing).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('1 of 3 could not be changed'),
    })
  }, 60_000)
})

test.each([['publish'], ['ack', '-']])(
  '%s ends at a signal while stdin stays open and idle',
  async (...argv) => {
    await using command = new Iops([...argv, '--url', `http://127.0.0.1:${await freePort()}`])
    // It reads once it takes what is written.
    command.child.stdin.write(' \n'.repeat(100_000))
    await new Promise((resolve) => command.child.stdin.write('\n', resolve))
    command.kill('SIGTERM')
    expect(await command.ended).toEqual({ stdout: '', stderr: '', code: 143 })
  },
)

test('a line that is none ends a pipe, and what came before it is stored', async () => {
  await using server = await runServer()
  const input = `${line(1)}${line(2)}{"entity_id":"e"}\n${line(4)}`
  expect(await iops(['publish', '-q', '--url', server.url], { input })).toEqual({
    stdout: '',
    stderr: 'iops: line 3: risk_score is missing\n  2 before it are stored.\n',
    code: 1,
  })
  expect((await server.memory.head()).sequence).toBe(2)
})
