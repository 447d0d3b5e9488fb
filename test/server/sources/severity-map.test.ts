import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Failure } from '../../../src/program/failure.ts'
import { readSeverityMap } from '../../../src/server/sources/severity-map.ts'
import { temporary } from '../../helpers/temporary.ts'

async function read(name: string, text: string | Uint8Array) {
  using directory = temporary()
  const path = join(directory.path, name)
  writeFileSync(path, text)
  return Object.fromEntries(await readSeverityMap(path))
}

test.for([
  ['words.toml', '# ours\nP1 = "critical"\n"Sev-2" = 75.5\nticket = 0\n"" = "info"\n'],
  ['words.json', '{"P1":"critical","Sev-2":75.5,"ticket":0,"":"info"}'],
  ['words', '{"P1":"critical","Sev-2":75.5,"ticket":0,"":"info"}'],
  ['words', '\ufeffP1 = "critical"\r\nSev-2 = 75.5\r\nticket = 0\r\n"" = "info"\r\n'],
])('words of %s mean a risk or a severity: %s', async ([name = '', text = '']) => {
  expect(await read(name, text)).toEqual({ p1: 90, sev2: 75.5, ticket: 0, '': 30 })
})

test('names that every object has are words like others', async () => {
  const map = await readMap('{"__proto__":95,"constructor":20}')
  expect([...map]).toEqual([
    ['__proto__', 95],
    ['constructor', 20],
  ])
})

test('the words may stand in a table [severity]', async () => {
  expect(await read('words.toml', '[severity]\nP1 = 90\nticket = "info"')).toEqual({ p1: 90, ticket: 30 })
})

test('an empty file has no words', async () => {
  expect(await read('words.toml', '')).toEqual({})
  expect(await read('words.json', '{}')).toEqual({})
})

test.for<[string, string | Uint8Array, string]>([
  ['words.toml', 'P1 = critical', 'words.toml:1'],
  ['words.toml', 'a = 1\nb 2', 'words.toml:2'],
  ['words.toml', '[severities]\nP1 = 90', '"severities" must be a number from 0 to 100'],
  ['words.toml', 'P2 = 70\n[severity]\nP1 = 90', '"severity" must be a number from 0 to 100'],
  ['words.toml', '[severity]\nP1 = 101', '"P1" must be'],
  ['words.toml', 'P1 = 101', '"P1" must be'],
  ['words.toml', 'P1 = -1', '"P1" must be'],
  ['words.toml', 'P1 = nan', '"P1" must be'],
  ['words.toml', 'P1 = true', '"P1" must be'],
  ['words.toml', 'P1 = 2026-11-26', '"P1" must be'],
  ['words.toml', 'P1 = "90"', '"P1" must be'],
  ['words.toml', 'P1 = "constructor"', '"P1" must be'],
  ['words.toml', 'P1 = 90\np1 = 80', '"p1" stands there twice'],
  ['words.json', '{"P1":', 'is not JSON'],
  ['words.json', '[90]', 'must be one object'],
  ['words.json', 'null', 'must be one object'],
  ['words.json', '', 'is not JSON'],
  ['words.json', '{"P1":null}', '"P1" must be'],
  ['words.json', new Uint8Array([0x7b, 0xff, 0x7d]), 'not UTF-8'],
])('%s with %s is a usage error that says where', async ([name, text, message]) => {
  const failure = await read(name, text).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(Failure)
  expect(failure).toMatchObject({ reason: 'usage', message: expect.stringContaining(message) as string })
})

test('a file that is not there, or no file, is a usage error', async () => {
  using directory = temporary()
  mkdirSync(join(directory.path, 'folder.toml'))
  for (const name of ['none.toml', 'folder.toml'])
    await expect(readSeverityMap(join(directory.path, name))).rejects.toMatchObject({ reason: 'usage' })
})

async function readMap(text: string) {
  using directory = temporary()
  const path = join(directory.path, 'words.json')
  writeFileSync(path, text)
  return await readSeverityMap(path)
}
