// Writes docs/cli.md, and with a folder as its argument the man pages into that.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { version } from '../src/version.ts'
import { cliDocument } from './manual/markdown.ts'
import { manualPages } from './manual/pages.ts'
import { fileName, roffPage } from './manual/roff.ts'

const pages = await manualPages()
const [folder] = process.argv.slice(2)
if (folder === undefined) writeFileSync(new URL('../docs/cli.md', import.meta.url), cliDocument(pages))
else {
  mkdirSync(folder, { recursive: true })
  for (const page of pages) {
    const others = pages.map(({ name }) => name).filter((name) => name !== page.name)
    writeFileSync(join(folder, `${fileName(page.name)}.1`), roffPage(page, others, version))
  }
}
