import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { requireProgram, serve } from '../helpers/serve.ts'
import { temporary } from '../helpers/temporary.ts'

const path = '/usr/bin/chromium'
const chromium = requireProgram(existsSync(path) ? path : undefined, 'chromium')
const quiet =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'

test.skipIf(chromium === undefined)(
  "a browser's EventSource on another origin gets what is there and what comes",
  async () => {
    using directory = temporary()
    await using server = await serve(join(directory.path, 'journal'))
    const publish = (id: string) =>
      fetch(`${server.url}/insights`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ alert_id: id, entity_id: 'cust_1', risk_score: 50 }),
      })
    await publish('before')
    // The page tells what it got by asking for it.
    let told: ((path: string) => void) | undefined
    const page = createServer((request, response) => {
      told?.(request.url ?? '')
      response.setHeader('content-type', 'text/html').end(`<script>
      new EventSource('${server.url}/stream').onmessage = ({ data, lastEventId }) =>
        fetch('/got/' + JSON.parse(data).alert_id + '/' + lastEventId)
    </script>`)
    })
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve))
    const { port } = page.address() as { port: number }
    const browser = spawn(chromium ?? '', [
      ...quiet.split(' '),
      `--user-data-dir=${join(directory.path, 'browser')}`,
      '--remote-debugging-port=0',
      `http://127.0.0.1:${port}/`,
    ])
    const closed = new Promise((resolve) => browser.once('close', resolve))
    const got = (id: string) =>
      new Promise<string>((resolve) => {
        told = (path) => {
          if (path.startsWith(`/got/${id}/`)) resolve(path)
        }
      })
    try {
      expect(await got('before')).toMatch(/\/got\/before\/\w+-1$/)
      const after = got('after')
      await publish('after')
      expect(await after).toMatch(/\/got\/after\/\w+-2$/)
    } finally {
      browser.kill('SIGKILL')
      await closed
      page.closeAllConnections()
      page.close()
    }
  },
  60_000,
)
