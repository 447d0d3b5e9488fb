import type { Page } from './pages.ts'
import { exitStatus } from './roff.ts'

/** docs/cli.md: every command, flag and example. */
export function cliDocument(pages: readonly Page[]): string {
  const sections = pages.map(sectionOf)
  const codes = exitStatus.map(([code, meaning]) => `| ${code} | ${meaning} |`)
  return `# Commands

Made from the commands themselves by \`npm run manual\`; \`iops COMMAND --help\` says the same.

${sections.join('\n\n')}

## Exit codes

| exit code | meaning |
|---|---|
${codes.join('\n')}
`
}

function sectionOf({ name, usage, description, examples, terms }: Page): string {
  const tables = terms.map(
    ({ heading, terms }) =>
      `| ${heading.toLowerCase()} | |\n|---|---|\n${terms.map(({ term, text }) => `| \`${cell(term)}\` | ${cell(text)} |`).join('\n')}`,
  )
  const shown =
    examples === ''
      ? []
      : [
          `\`\`\`sh\n${examples.replace(/^ {2}/gm, '').replace(/(\S) {2,}(?=\S)([^\n]*)$/gm, '$1   # $2')}\n\`\`\``,
        ]
  return [`## ${name}`, fenced(description), `\`${usage}\``, ...shown, ...tables].join('\n\n')
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** Indented lines are examples of a file. */
const fenced = (text: string) =>
  text
    .split(/\n\n/)
    .map((part) => (part.startsWith('  ') ? `\`\`\`toml\n${part.replace(/^ {2}/gm, '')}\n\`\`\`` : part))
    .join('\n\n')
