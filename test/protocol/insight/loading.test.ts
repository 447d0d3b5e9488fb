import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** Every package that a source loads, by itself or by what it imports. */
function packagesOf(source: URL, seen = new Set<string>()): string[] {
  if (seen.has(source.href)) return []
  seen.add(source.href)
  const imports = readFileSync(source, 'utf8').matchAll(/^(?:import|export) (?!type )[^;]*? from '([^']+)'/gm)
  return [...imports].flatMap(([, name = '']) =>
    name.startsWith('.') ? packagesOf(new URL(name, source), seen) : [name],
  )
}

const loads = (path: string) => packagesOf(new URL(`../../../src/protocol/${path}`, import.meta.url))

test.each(['insight/read.ts', 'insight/encode.ts', 'insight/plain-input.ts', 'filter/filter.ts'])(
  '%s loads no package: a client that only reads starts without zod',
  (path) => expect(loads(path)).toEqual([]),
)

test('the schema does load zod', () => expect(loads('insight/schema.ts')).toContain('zod'))
