import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { selfCheckedPaths } from '../../../src/server/http/access/access-policy.ts'
import type { Source } from '../../../src/server/sources/source.ts'
import { pathOf, sources } from '../../../src/server/sources/sources.ts'

const folder = new URL('../../../src/server/sources/', import.meta.url)

test('every folder of a source is one that is served, under its own name', () => {
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  expect(folders.map(({ name }) => name).sort()).toEqual(Object.keys(sources).sort())
})

test('a name can stand in a path', () => {
  for (const name of Object.keys(sources)) expect(name).toMatch(/^[a-z][a-z\d-]*$/)
})

test('only a source that checks who sends is let in without the token', () => {
  const checking = Object.entries<Source>(sources).filter(([, source]) => 'verify' in source)
  expect(checking.map(([name, source]) => pathOf(name, source)).sort()).toEqual([...selfCheckedPaths].sort())
})
