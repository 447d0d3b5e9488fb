import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { insight } from '../helpers/insights.ts'
import { Iops } from '../helpers/iops.ts'
import { answerJson, openStream, startScriptedServer } from '../helpers/scripted-server.ts'
import { temporary } from '../helpers/temporary.ts'

const dist = new URL('../../dist/', import.meta.url)

/** The sources and packages in a built file and in all that it imports at once, or also on demand. */
function loaded(file: string, onDemand = false, seen = new Set<string>()): Set<string> {
  const url = new URL(file, dist)
  if (seen.has(url.href)) return seen
  seen.add(url.href)
  const text = readFileSync(url, 'utf8')
  const map = JSON.parse(readFileSync(new URL(`${url.href}.map`), 'utf8')) as { sources: string[] }
  for (const source of map.sources) seen.add(source.replace(/^(\.\.\/)+/, ''))
  for (const [, name = ''] of text.matchAll(/(?:^|[;}\n])\s*(?:import|export)[^;"'()]*["']([^"']+)["']/g))
    if (name.startsWith('.')) loaded(new URL(name, url).href, onDemand, seen)
    else seen.add(`package ${name}`)
  if (onDemand)
    for (const [, name = ''] of text.matchAll(/import\(["']([^"']+)["']\)/g))
      if (name.startsWith('.')) loaded(new URL(name, url).href, true, seen)
  return seen
}

/** The file that a source was built into: a command's own, or a store's. */
function chunkOf(name: string, from = chunkOf('all', 'cli.js')): string {
  const url = new URL(from, dist)
  const found = new RegExp(`import\\(["'](\\./[^"']*${name}-[A-Z0-9]+\\.js)["']\\)`).exec(
    readFileSync(url, 'utf8'),
  )
  expect(found, `${name} is not imported on demand by ${from}`).not.toBeNull()
  return new URL(found?.[1] ?? '', url).href
}

const heavy = /node_modules\/(ink|react|yoga-layout)\/|aws-sdk|src\/server|node_modules\/hono/
const slow = /node_modules\/(undici|zod|string-width|chalk|eventsource)\//

test('the fast commands load no Ink, no React, no server, and undici, zod and widths on demand only', () => {
  const fast = chunkOf('fast', 'cli.js')
  const atOnce = [...loaded(fast)]
  for (const name of ['recent', 'get', 'stats', 'publish', 'ack', 'resolve'])
    expect(atOnce).toContain(`src/commands/${name}.ts`)
  expect(atOnce.filter((module) => slow.test(module))).toEqual([])
  const modules = [...loaded(fast, true)]
  // What other files bring in is seen as well.
  expect(modules.some((module) => module.includes('node_modules/undici/'))).toBe(true)
  expect(modules.filter((module) => heavy.test(module))).toEqual([])
})

test('config loads no Ink, no React, no server', () => {
  const modules = [...loaded(chunkOf('config'), true)]
  expect(modules).toContain('src/commands/config.ts')
  expect(modules.filter((module) => heavy.test(module))).toEqual([])
})

test('the program itself loads neither commander nor a command', () => {
  const modules = [...loaded('cli.js')]
  expect(modules).toContain('src/cli.ts')
  expect(modules.filter((module) => /src\/commands\/|node_modules/.test(module))).toEqual([])
})

/** Parts of Node.js that take long to load. */
const slowModules =
  /undici|webstreams|fs\/promises|internal\/readline|internal\/repl|child_process|crypto|zlib|https?2|inspector/

/** What one run loaded: built files, and modules of Node's own. */
async function loads(argv: readonly string[], env: Record<string, string> = {}) {
  using directory = temporary()
  const file = join(directory.path, 'loads.json')
  const preload = new URL('../helpers/record-loads.mjs', import.meta.url).href
  await using iops = new Iops(argv, {
    input: '',
    env: { NODE_OPTIONS: `--import=${preload}`, IOPS_LOADS: file, ...env },
  })
  const { code, stdout, stderr } = await iops.ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const found = JSON.parse(readFileSync(file, 'utf8')) as { files: string[]; modules: string[] }
  const files = found.files.filter((url) => url.startsWith(dist.href))
  const sources = files.flatMap((url) =>
    (JSON.parse(readFileSync(new URL(`${url}.map`), 'utf8')) as { sources: string[] }).sources.map((source) =>
      source.replace(/^(\.\.\/)+/, ''),
    ),
  )
  return { stdout, files, sources, modules: found.modules }
}

describe('a process', () => {
  const alert = insight({ alert_id: 'a', explanation: 'naïve 🚀' })
  const start = () =>
    startScriptedServer({
      '/insights': (response) =>
        answerJson(response, 201, { accepted: 1, items: [{ alert_id: 'a', id: 'a', result: 'created' }] }),
      '/insights/recent': (response) => answerJson(response, 200, { items: [alert] }),
      '/insights/aggregations': (response) =>
        answerJson(response, 200, { total: 1, critical: 0, avgRisk: 3, byType: {} }),
      '/insights/a': (response) => answerJson(response, 200, { ...alert, status: 'acknowledged' }),
      '/stream': (response) => openStream(response),
    })

  test.each([
    [['recent', '--json']],
    [['recent', '--ndjson', '--since', '2h', '-f', 'risk>3']],
    [['get', 'a', '--json']],
    [['stats']],
    [['ack', 'a']],
    [['publish', '--id', 'a', '--entity', 'e', '--risk', '3', '--quiet']],
    [['recent', '--help']],
  ])('of %j loads nothing that is slow', async (argv) => {
    await using server = await start()
    const { files, sources, modules } = await loads(argv, { IOPS_URL: server.url })
    expect(sources.filter((source) => slow.test(source))).toEqual([])
    expect(modules.filter((name) => slowModules.test(name))).toEqual([])
    expect(files.length).toBeLessThanOrEqual(12)
  })

  test('of watch --json loads no zod, no undici, and nothing that measures text', async () => {
    await using server = await startScriptedServer({
      '/stream': (response) => openStream(response, `data: ${JSON.stringify(alert)}\n\n`),
    })
    const { stdout, sources } = await loads(['watch', '--json', '--count', '1', '--url', server.url])
    expect(JSON.parse(stdout)).toEqual(alert)
    expect(sources).toContain('src/commands/watch/follow.ts')
    const unwanted = /node_modules\/(undici|zod|string-width|chalk|ink|react)\//
    expect(sources.filter((source) => unwanted.test(source))).toEqual([])
  })

  test('that prints the version loads one file', async () => {
    const { files, modules, stdout } = await loads(['--version'])
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect(files).toHaveLength(1)
    expect(modules.filter((name) => /http|net$|stream$/.test(name) && slowModules.test(name))).toEqual([])
  })

  test('that shows a table loads what measures text, and one behind a proxy loads undici', async () => {
    await using server = await start()
    const table = await loads(['recent'], { IOPS_URL: server.url })
    expect(table.sources.some((source) => source.includes('node_modules/string-width/'))).toBe(true)
    const env = { IOPS_URL: 'http://ops.test', HTTP_PROXY: server.url }
    const proxied = await loads(['recent', '--json'], env)
    expect(proxied.sources.some((source) => source.includes('node_modules/undici/'))).toBe(true)
    expect(JSON.parse(proxied.stdout)).toEqual([alert])
  })
})

test('watch loads the dashboard only to show it', () => {
  const modules = [...loaded(chunkOf('watch'))]
  expect(modules.filter((module) => heavy.test(module))).toEqual([])
})

test('watch and demo take the terminal before anything that takes long to load', () => {
  for (const name of ['watch', 'demo']) {
    const modules = [...loaded(chunkOf(name))]
    expect(modules).toContain('src/ui/screen/take-terminal.ts')
    expect(
      modules.filter((module) => /node_modules\/(undici|zod|ink|react|string-width|hono)\//.test(module)),
    ).toEqual([])
  }
})

test('serve loads no Ink and no React, and on the journal no AWS SDK', () => {
  const serve = chunkOf('serve')
  const running = chunkOf('run-serve', serve)
  const modules = [...loaded(serve), ...loaded(running), ...loaded(chunkOf('journal', running))]
  expect(modules).toContain('src/server/stores/journal/journal.ts')
  expect(modules.filter((module) => /aws-sdk|node_modules\/(ink|react)\//.test(module))).toEqual([])
})

test('the help of serve waits for no server', () => {
  const modules = [...loaded(chunkOf('serve'))]
  expect(modules).toContain('src/commands/serve.ts')
  expect(modules.filter((module) => /node_modules\/(zod|hono)\//.test(module))).toEqual([])
})
