import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer, type IncomingMessage, request as ask, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { requireProgram } from './serve.ts'
import { temporary } from './temporary.ts'

const path = '/usr/bin/chromium'
/** The browser's path; undefined where it isn't installed. */
export const chromium = requireProgram(existsSync(path) ? path : undefined, 'chromium')

const quiet =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync'

export interface BrowserPage extends AsyncDisposable {
  /** Resolves with what the page says next by asking its own server for `/say/NAME/…`: the part after the name. */
  said(name: string): Promise<string>
}

interface PageOptions {
  /** The page's origin is `http://HOST:PORT`; `*.example` leads to this machine. */
  readonly host?: string
  /** The server that the page's own name leads to once it is loaded, as in DNS rebinding. */
  readonly reboundTo?: string
}

/** Opens a page with this script in a real browser. What it says before somebody asks is kept. */
export async function openPage(
  script: string,
  { host = '127.0.0.1', reboundTo }: PageOptions = {},
): Promise<BrowserPage> {
  const kept = new Map<string, string[]>()
  const waiting = new Map<string, (text: string) => void>()
  const page = createServer((request, response) => {
    if (reboundTo !== undefined && request.url !== '/' && !request.url?.startsWith('/say/'))
      return forward(request, response, reboundTo)
    note(request)
    response.setHeader('content-type', 'text/html')
    response.end(`<!doctype html><meta charset=utf-8><script>
      const say = (name, value) => fetch('/say/' + name + '/' + encodeURIComponent(value));
      ${script}
    </script>`)
  })
  function note({ url = '' }: IncomingMessage): void {
    const [, name, text = ''] = /^\/say\/([^/]+)\/(.*)$/.exec(url) ?? []
    if (name === undefined) return
    const wanted = waiting.get(name)
    waiting.delete(name)
    if (wanted) wanted(decodeURIComponent(text))
    else kept.set(name, [...(kept.get(name) ?? []), decodeURIComponent(text)])
  }
  await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve))
  const { port } = page.address() as { port: number }
  const profile = temporary()
  const browser = spawn(chromium ?? '', [
    ...quiet.split(' '),
    '--host-resolver-rules=MAP *.example 127.0.0.1',
    `--user-data-dir=${join(profile.path, 'browser')}`,
    '--remote-debugging-port=0',
    `http://${host}:${port}/`,
  ])
  const closed = new Promise((resolve) => browser.once('close', resolve))
  return {
    said: (name) =>
      new Promise((resolve) => {
        const first = kept.get(name)?.shift()
        if (first === undefined) waiting.set(name, resolve)
        else resolve(first)
      }),
    async [Symbol.asyncDispose]() {
      browser.kill('SIGKILL')
      await closed
      page.closeAllConnections()
      await new Promise((resolve) => page.close(resolve))
      profile[Symbol.dispose]()
    },
  }
}

/** Hands a request on as it is, Host field included. */
function forward(request: IncomingMessage, response: ServerResponse, url: string): void {
  const { method, headers } = request
  const onward = ask(url + (request.url ?? ''), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 0, answer.headers)
    answer.pipe(response)
  })
  onward.on('error', () => response.destroy())
  request.pipe(onward)
}
