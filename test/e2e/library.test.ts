import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { chromium, openPage } from '../helpers/chromium.ts'
import { freePort } from '../helpers/free-port.ts'
import { serve } from '../helpers/serve.ts'
import { temporary } from '../helpers/temporary.ts'

const root = join(import.meta.dirname, '../..')

/** A project that has iops and its peers installed. */
function project(files: Readonly<Record<string, string>>) {
  const directory = temporary()
  for (const name of [
    'react',
    '@types/react',
    '@tanstack/react-query',
    '@tanstack/query-core',
    'csstype',
    '@types/node',
    'undici-types',
  ]) {
    const path = join(directory.path, 'node_modules', name)
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), path)
  }
  symlinkSync(root, join(directory.path, 'node_modules/iops'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory.path, name), text)
  return directory
}

async function bundleFor(platform: 'browser' | 'node', code: string): Promise<string> {
  using directory = project({ 'main.ts': code })
  const { outputFiles } = await build({
    entryPoints: [join(directory.path, 'main.ts')],
    bundle: true,
    minify: true,
    format: platform === 'browser' ? 'iife' : 'esm',
    platform,
    target: 'es2023',
    write: false,
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}

test('iops/client and iops/react bundle for a browser, without a module of Node', async () => {
  const client = await bundleFor(
    'browser',
    "import { createFeed } from 'iops/client'; console.log(createFeed)",
  )
  expect(client).not.toMatch(/["']node:/)
  expect(gzipSync(client).length).toBeLessThan(20_000)
  const react = await bundleFor(
    'browser',
    "import { useSSE, useFeed } from 'iops/react'; console.log(useSSE, useFeed)",
  )
  expect(react).not.toMatch(/["']node:/)
})

test.each(['bundler', 'nodenext'])(
  'the types hold, strictly and without those of other packages: %s',
  (resolution) => {
    using directory = project({
      'package.json': '{ "type": "module" }',
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          strict: true,
          noEmit: true,
          target: 'es2024',
          lib: ['es2024', 'esnext.disposable', 'dom'],
          module: resolution === 'bundler' ? 'esnext' : 'nodenext',
          moduleResolution: resolution,
          types: ['node'],
          skipLibCheck: false,
        },
        files: ['main.ts'],
      }),
      'main.ts': `
      import { createApi, createFeed, type Insight } from 'iops/client'
      import { openFeed } from 'iops/node'
      import { feedQueryOptions, useFeed, useSSE } from 'iops/react'
      using feed = createFeed({ url: '/', token: async () => 't', filter: 'severity:critical', limit: 5 })
      for await (const { insight, phase } of feed) {
        const one: Insight = insight
        const risk: string = one.alert_id
        if (phase === 'live') await createApi({ url: '/' }).setStatus(risk, { status: 'resolved' })
      }
      await using kept = await openFeed({ url: 'http://x', position: 'pager', tokenCommand: 'pass x', ca: 'x.pem' })
      const position: string | undefined = kept.position
      const count: number = useFeed(({ alerts }) => alerts.length)
      const { status, lastMessage } = useSSE({ url: '/', onMessage: ({ alert_id }) => console.log(alert_id) })
      const first: string | undefined = lastMessage?.alert_id
      const { queryKey } = feedQueryOptions({ url: '/' })
      console.log(position, count, status, first, queryKey)
      // @ts-expect-error: no such option
      createFeed({ url: '/', filtre: '' })
    `,
    })
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', directory.path], {
      encoding: 'utf8',
    })
  },
)

const publish = async (url: string, id: string) => {
  const headers = { 'content-type': 'application/json', connection: 'close' }
  const body = JSON.stringify({ alert_id: id, entity_id: 'cust_1', risk_score: 50 })
  await fetch(`${url}/insights`, { method: 'POST', headers, body })
}

test.skipIf(chromium === undefined)(
  'in a browser, from another origin, a feed goes on over kill -9 and SIGTERM of its server, each alert once',
  async () => {
    using directory = temporary()
    const port = await freePort()
    const start = () => serve(directory.path, ['--port', String(port)])
    const first = await start()
    await publish(first.url, 'before')
    const script = await bundleFor(
      'browser',
      `import { createFeed } from 'iops/client'
      const feed = createFeed({ url: '${first.url}', timing: { retry: 200, maxRetry: 500 } })
      let retry
      feed.subscribe((event) => {
        if (event.type === 'insight') say('got', event.insight.alert_id)
        if (event.type === 'state' && event.state.status === 'retrying') retry ??= setInterval(() => feed.reconnect(), 200)
        if (event.type === 'resumed') say('resumed', event.replayed + ' ' + event.gap)
      })`,
    )
    await using page = await openPage(script)
    expect(await page.said('got')).toBe('before')
    await publish(first.url, 'live')
    expect(await page.said('got')).toBe('live')
    let running = first
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      running.iops.kill(signal)
      await running.iops.ended
      running = await start()
      await publish(running.url, `after ${signal}`)
      expect(await page.said('got')).toBe(`after ${signal}`)
      expect(await page.said('resumed')).toMatch(/^[01] undefined$/)
    }
    await running[Symbol.asyncDispose]()
  },
)
