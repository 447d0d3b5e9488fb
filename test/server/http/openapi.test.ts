import { expect, test } from 'vitest'
import { openapi } from '../../../src/server/http/openapi.ts'
import { openWaysIn } from '../../helpers/ways-in.ts'

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
}
const { paths } = openapi() as { paths: Record<string, Record<string, Operation>> }

test('every route is described, and every description has a route', async () => {
  await using scene = await openWaysIn()
  const routes = scene.app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
  const described = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(described.sort()).toEqual([...new Set(routes)].sort())
})

test('every path parameter of a route is described', () => {
  for (const [path, operations] of Object.entries(paths))
    for (const { parameters = [] } of Object.values(operations))
      expect(parameters.filter((one) => one.in === 'path').map(({ name }) => `{${name}}`)).toEqual(
        path.match(/\{\w+\}/g) ?? [],
      )
})

test('every query parameter that is described is taken, and no other', async () => {
  await using scene = await openWaysIn()
  const status = async (path: string) => (await scene.ways.app({ path })).status
  for (const [path, { get }] of Object.entries(paths)) {
    if (!get || !/^\/(insights|stream)/.test(path) || path.includes('{')) continue
    const names = (get.parameters ?? []).filter((one) => one.in === 'query').map(({ name }) => name)
    expect(names.length, path).toBeGreaterThan(0)
    // Empty is absent, but for this one.
    for (const name of names)
      expect(await status(`${path}?${name}=`), `${path} ${name}`).toBe(name === 'nextToken' ? 400 : 200)
    expect(await status(`${path}?other=1`)).toBe(400)
  }
})
