import { createServer } from 'node:https'
import { describe, expect, test } from 'vitest'
import { makeCertificate } from '../helpers/certificate.ts'
import { startConnectProxy } from '../helpers/connect-proxy.ts'
import { freePort } from '../helpers/free-port.ts'
import { iops } from '../helpers/iops.ts'
import { openStream, startScriptedServer } from '../helpers/scripted-server.ts'
import { publishOne, runServer } from '../helpers/server.ts'
import { nginx, startNginx, startTinyproxy, tinyproxy } from '../helpers/system-programs.ts'

const doctor = (url: string, env: Record<string, string> = {}, ...flags: string[]) =>
  iops(['doctor', url, '--wait', '1500ms', ...flags], { env })

describe.skipIf(nginx === undefined)('behind a real nginx (skipped where it is not installed)', () => {
  test('that leaves our stream alone: healthy, and nginx is named', async () => {
    await using server = await runServer()
    await using front = await startNginx(server.url, 'proxy_buffering on;')
    const { stdout, code } = await doctor(front.url)
    expect(stdout).toMatch(/^ok {4}gateway {5}the headers name nginx\//m)
    expect(stdout).toMatch(/^ok {4}beats/m)
    expect(code).toBe(0)
  })

  test.each([
    ['with nothing to show', 0],
    ['with a snapshot that fills a part of its buffer', 10],
  ])('that buffers, %s: it is named, with what to do', async (_, count) => {
    await using server = await runServer()
    for (let n = 0; n < count; n++)
      await publishOne(server, { alert_id: `a${n}`, explanation: 'x'.repeat(500) })
    const directives = 'proxy_buffering on; proxy_ignore_headers X-Accel-Buffering;'
    await using front = await startNginx(server.url, directives)
    const { stdout, code } = await doctor(front.url)
    expect(stdout).toMatch(/^fail {2}buffering {3}nginx\/\S+ buffers: .*proxy_buffering off;/m)
    expect(code).toBe(1)
  })

  test('whose server is gone', async () => {
    await using front = await startNginx(`http://127.0.0.1:${await freePort()}`, '')
    const { stdout, code } = await doctor(front.url)
    expect(stdout).toMatch(
      /^fail {2}status {6}502 Bad Gateway after \d+ ms: the server behind it isn't there/m,
    )
    expect(code).toBe(1)
    const recent = await iops(['recent'], { env: { IOPS_URL: front.url } })
    expect(recent.code).toBe(5)
    expect(recent.stderr).toBe(`iops: the server behind ${front.url} isn't there (502)\n`)
  })
})

describe('through a proxy of our own side', () => {
  test.skipIf(tinyproxy === undefined)(
    'a real tinyproxy is named, and the name is left to it (skipped where it is not installed)',
    async () => {
      await using server = await runServer({ allowHosts: ['iops.test'] })
      await using upstream = await startConnectProxy()
      await using proxy = await startTinyproxy(upstream.url)
      const env = { HTTP_PROXY: new URL(proxy.url).host }
      const { stdout, code } = await doctor(`http://iops.test:${new URL(server.url).port}`, env)
      expect(stdout).toMatch(new RegExp(`^ok {4}proxy {7}${proxy.url}, as HTTP_PROXY says`, 'm'))
      expect(stdout).toMatch(/^ok {4}gateway .*tinyproxy/m)
      expect(stdout).toMatch(/^ok {4}beats/m)
      expect(stdout).not.toMatch(/^ok +name /m)
      expect(code).toBe(0)
    },
  )

  test('TLS is looked at through the tunnel', async () => {
    await using certificate = await makeCertificate('iops.test')
    const stream = 'event: beat\ndata: {"time":"2020-01-01T00:00:00Z"}\n\n'
    await using server = await startScriptedServer(
      { '/stream': (response) => void openStream(response, stream) },
      createServer(certificate),
    )
    await using proxy = await startConnectProxy()
    const env = { HTTPS_PROXY: proxy.url, IOPS_CA: certificate.file }
    const { stdout } = await doctor(`https://iops.test:${server.port}`, env)
    expect(stdout).toMatch(/^warn {2}tls {9}TLSv1.3, the certificate is good for 1 day$/m)
    expect(stdout).toMatch(/^ok {4}status/m)
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT iops.test:${server.port}`]))
  })

  test.each(['http', 'https'])('one that is dead is named as the proxy, for %s', async (scheme) => {
    const proxy = `http://127.0.0.1:${await freePort()}`
    const env = { HTTP_PROXY: proxy, HTTPS_PROXY: proxy }
    const { stdout, code } = await doctor(`${scheme}://iops.test`, env)
    expect(stdout).toMatch(new RegExp(`^ok {4}proxy {7}${proxy}, as HTTPS?_PROXY says`, 'm'))
    expect(stdout).toContain(`fail  status      the proxy ${proxy}: connection refused (ECONNREFUSED)\n`)
    expect(code).toBe(1)
  })
})

test('garbage for beats and endless events are survived', async () => {
  await using server = await startScriptedServer({
    '/stream': (response) =>
      void openStream(
        response,
        'event: beat\ndata: {"time":7}\n\nevent: beat\ndata: no\n\ndata: \u001b[2J\n\n',
      ),
  })
  const { stdout, stderr } = await doctor(server.url)
  expect(stdout).toMatch(/^warn {2}beats {7}none/m)
  expect(stdout + stderr).not.toContain('\u001b')
  expect(stderr).not.toContain('not foreseen')
})

test('one URL, as the argument or by --url', async () => {
  const { code, stderr } = await doctor('http://a', {}, '--url', 'http://b')
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'iops: give one URL, as the argument or by --url\n',
  })
})
