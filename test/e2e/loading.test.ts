import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

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
function chunkOf(name: string, from = 'cli.js'): string {
  const url = new URL(from, dist)
  const found = new RegExp(`import\\(["'](\\./[^"']*${name}-[A-Z0-9]+\\.js)["']\\)`).exec(
    readFileSync(url, 'utf8'),
  )
  expect(found, `${name} is not imported on demand by ${from}`).not.toBeNull()
  return new URL(found?.[1] ?? '', url).href
}

const heavy = /node_modules\/(ink|react|yoga-layout)\/|aws-sdk|src\/server|node_modules\/hono/

test.each(['recent', 'get', 'stats', 'publish', 'ack', 'config'])(
  '%s loads no Ink, no React, no server',
  (name) => {
    const modules = [...loaded(chunkOf(name), true)]
    expect(modules).toContain(`src/commands/${name}.ts`)
    // What other files bring in is seen as well.
    expect(modules.some((module) => module.includes('node_modules/undici/'))).toBe(true)
    expect(modules.filter((module) => heavy.test(module))).toEqual([])
  },
)

test('the program itself loads commander, and no command', () => {
  const modules = [...loaded('cli.js')]
  expect(modules).toContain('src/cli.ts')
  expect(modules.filter((module) => /src\/commands|undici|node_modules\/zod/.test(module))).toEqual([])
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

test('the help of recent waits for neither zod nor undici', () => {
  const modules = [...loaded(chunkOf('recent'))]
  expect(modules).toContain('src/commands/recent.ts')
  expect(modules.filter((module) => /node_modules\/(zod|undici)\//.test(module))).toEqual([])
})

test('the help of serve waits for no server', () => {
  const modules = [...loaded(chunkOf('serve'))]
  expect(modules).toContain('src/commands/serve.ts')
  expect(modules.filter((module) => /node_modules\/(zod|hono)\//.test(module))).toEqual([])
})
