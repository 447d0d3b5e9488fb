import { writeFileSync } from 'node:fs'
import { type Key, keys } from '../src/ui/input/keys.ts'
import { keyName } from '../src/ui/model/key-name.ts'
import { typedKeys } from '../src/ui/screen-reader/typed-keys.ts'

/** docs/keys.md, made from the key table. Run this file to write it. */
export function keysDoc(): string {
  const groups = Map.groupBy(keys, ({ group }) => group)
  const sections = Array.from(groups, ([group, members]) => `## ${group}\n\n${tableOf(members)}`)
  return `# Keys of the dashboard

Made from the key table (\`src/ui/input/keys.ts\`) by \`npx tsx scripts/keys-doc.ts\`; \`?\` shows the same on the screen, with search.

${sections.join('\n\n')}

With \`--screen-reader\` there is no screen, and these work, each with Enter: ${typedKeys.map((key) => `${nameOf(key.keys[0]!)} (${key.words})`).join(', ')}.
`
}

function tableOf(members: readonly Key[]): string {
  const rows = members.map((key) => `| ${key.keys.map(nameOf).join(' ')} | ${key.words} |`)
  return ['| key | what it does |', '|---|---|', ...rows].join('\n')
}

const nameOf = (chord: string) => `\`${keyName(chord, false)}\``

if (import.meta.filename === process.argv[1])
  writeFileSync(new URL('../docs/keys.md', import.meta.url), keysDoc())
