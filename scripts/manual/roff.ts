import type { Page } from './pages.ts'

export const exitStatus = [
  ['0', 'fine'],
  ['1', 'failed'],
  ['2', 'wrong usage'],
  ['3', '--until or --fail-on was met'],
  ['4', 'not allowed (401, 403)'],
  ['5', 'not reachable'],
  ['124', '--timeout'],
  ['129, 130, 143', 'ended by SIGHUP, SIGINT, SIGTERM'],
] as const

/** One page in the man macros. */
export function roffPage(page: Page, others: readonly string[], version: string): string {
  const title = fileName(page.name)
  const lines = [
    `.TH ${quoted(title.toUpperCase())} 1 "" ${quoted(`iops ${version}`)} "iops manual"`,
    '.SH NAME',
    `${escaped(title)} \\- ${escaped(page.summary)}`,
    '.SH SYNOPSIS',
    `.B ${escaped(page.usage)}`,
    '.SH DESCRIPTION',
    ...paragraphs(page.description),
    ...(page.examples === ''
      ? []
      : ['.SH EXAMPLES', '.nf', ...page.examples.split('\n').map(escaped), '.fi']),
    ...page.terms.flatMap(({ heading, terms }) => [
      `.SH ${quoted(heading.toUpperCase())}`,
      ...terms.flatMap(({ term, text }) => ['.TP', `.B ${escaped(term)}`, escaped(text)]),
    ]),
    '.SH EXIT STATUS',
    ...exitStatus.flatMap(([code, meaning]) => ['.TP', `.B ${code}`, escaped(meaning)]),
    '.SH SEE ALSO',
    others.map((name) => `.BR ${escaped(fileName(name))} (1)`).join(',\n'),
  ]
  return `${lines.filter((line) => line !== '').join('\n')}\n`
}

/** `iops config show` is iops-config-show(1). */
export const fileName = (name: string): string => name.replaceAll(' ', '-')

/** Indented lines are examples of a file: they keep their breaks. */
function paragraphs(text: string): string[] {
  return text
    .split(/\n\n/)
    .flatMap((part) =>
      part.startsWith('  ')
        ? ['.PP', '.nf', ...part.split('\n').map(escaped), '.fi']
        : ['.PP', ...part.split('\n').map(escaped)],
    )
}

const quoted = (text: string) => `"${escaped(text).replaceAll('"', '\\(dq')}"`

function escaped(line: string): string {
  const text = line
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('~', '\\(ti')
    .replaceAll('^', '\\(ha')
    .replaceAll('`', '\\(ga')
  return text.startsWith('.') ? `\\&${text}` : text
}
