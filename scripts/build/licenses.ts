import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The licenses of the packages whose files are part of a bundle, as their terms ask for. A text that several
 * packages share stands once. Throws for a package that says nothing about its license.
 */
export async function thirdPartyLicenses(root: string, files: readonly string[]): Promise<string> {
  const folders = new Set(
    files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []),
  )
  const packagesOf = new Map<string, string[]>()
  for (const folder of [...folders].sort()) {
    const manifest = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8')) as Manifest
    const text = await licenseText(join(root, folder), manifest)
    packagesOf.set(text, [...(packagesOf.get(text) ?? []), `${manifest.name} ${manifest.version}`])
  }
  const sections = Array.from(packagesOf, ([text, packages]) => `${packages.join('\n')}\n\n${text}\n`)
  return `iops contains these packages.\n\n${sections.join(`\n${'-'.repeat(80)}\n\n`)}`
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly license?: string
  readonly author?: string | { readonly name: string }
}

async function licenseText(folder: string, { name, license, author }: Manifest): Promise<string> {
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e(\.md|\.txt)?$/i.test(entry))
  if (file !== undefined) return (await readFile(join(folder, file), 'utf8')).trim()
  if (license === undefined) throw new Error(`${name} names no license`)
  const by = typeof author === 'object' ? author.name : author
  return by === undefined ? `License: ${license}` : `License: ${license}, by ${by}`
}
