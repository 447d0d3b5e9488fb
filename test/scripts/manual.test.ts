import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { cliDocument } from '../../scripts/manual/markdown.ts'
import { manualPages } from '../../scripts/manual/pages.ts'
import { roffPage } from '../../scripts/manual/roff.ts'
import { existingPath, requireProgram } from '../helpers/serve.ts'

const pages = await manualPages()

it('docs/cli.md says what the commands say', () => {
  const written = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8')
  expect(written, 'run: npm run manual').toBe(cliDocument(pages))
})

it('has a page for each command, and for those inside another', () => {
  const names = pages.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['iops', 'iops watch', 'iops serve', 'iops config show']))
  for (const { name, summary, usage } of pages) {
    expect(usage).toMatch(new RegExp(`^${name}`))
    expect(summary, name).not.toBe('')
  }
})

it('shows every flag and example as it is typed', () => {
  const watch = pages.find(({ name }) => name === 'iops watch')!
  const page = roffPage(watch, ['iops'], '1.2.3')
  const terms = watch.terms.flatMap(({ terms }) => terms.map(({ term }) => term))
  expect(terms).toContain('--screen-reader')
  for (const line of [...terms, ...watch.examples.split('\n')]) expect(shown(page)).toContain(line.trim())
  // What begins with a dot or a quote would be a request, and a bare hyphen be broken or turned into a dash.
  expect(page.split('\n').filter((line) => line.startsWith("'"))).toEqual([])
  expect(page).not.toMatch(/(?<!\\)-/)
})

const groff = requireProgram(existingPath('/usr/bin/groff'), 'groff')
it.skipIf(groff === undefined)('is what groff takes without a warning', () => {
  for (const page of pages) {
    const input = roffPage(page, ['iops'], '1.2.3')
    execFileSync('/bin/sh', ['-c', 'test -z "$(groff -man -ww -Tutf8 2>&1 >/dev/null)"'], { input })
  }
})

const glyphs: Readonly<Record<string, string>> = {
  e: '\\',
  '-': '-',
  '(aq': "'",
  '(ti': '~',
  '(ha': '^',
  '(ga': '`',
  '(dq': '"',
  '&': '',
}
const shown = (page: string) => page.replaceAll(/\\(\(..|.)/g, (all, name: string) => glyphs[name] ?? all)
