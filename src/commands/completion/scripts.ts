import type { Command, Option } from 'commander'
import { shellQuote } from '../../text/shell-quote.ts'

/** A command as a completion needs it: its `path` is `config show` for one inside another. */
interface Node {
  readonly path: string
  readonly summary: string
  readonly options: readonly Option[]
  readonly children: readonly Command[]
  readonly choices: readonly string[]
  readonly file: boolean
}

/** Made from the program itself, so that no flag is missing. */
export const completionScripts = { bash, zsh, fish } as const

function nodes(program: Command): Node[] {
  const found: Node[] = []
  const visit = (command: Command, names: readonly string[]) => {
    const help = command.createHelp()
    const [first] = command.registeredArguments
    found.push({
      path: names.join(' '),
      summary: command.summary() || command.description().split('\n')[0] || '',
      options: help.visibleOptions(command),
      children: command.commands,
      choices: first?.argChoices ?? [],
      file: first?.name() === 'file',
    })
    for (const child of command.commands) visit(child, [...names, child.name()])
  }
  visit(program, [])
  return found
}

const flagsOf = (options: readonly Option[]) =>
  options.flatMap(({ short, long }) => [short, long]).filter(isText)
const isText = (value: unknown): value is string => typeof value === 'string'
const takesFile = ({ flags }: Option) => /<file>|<dir>/.test(flags)
const takesValue = (option: Option) => option.required || option.optional

function bash(program: Command): string {
  const cases = nodes(program).map(({ path, options, children, choices, file }) => {
    const words = [...children.map((child) => child.name()), ...choices, ...flagsOf(options)]
    return `    ${shellQuote(path)}) words=${shellQuote(words.join(' '))}; files=${file ? 1 : 0} ;;`
  })
  const values = nodes(program).flatMap(({ path, options }) =>
    options.filter(takesValue).flatMap((option) =>
      flagsOf([option]).map((flag) => {
        const then = takesFile(option)
          ? 'files=1; words='
          : `words=${shellQuote((option.argChoices ?? []).join(' '))}; files=0`
        return `    ${shellQuote(`${path} ${flag}`.trim())}) ${then} ;;`
      }),
    ),
  )
  const paths = nodes(program).map(({ path }) => shellQuote(path))
  return `# iops completion for bash
_iops() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} path= word words= files=0 at
  for ((at = 1; at < COMP_CWORD; at++)); do
    word=\${COMP_WORDS[at]}
    case "\${path:+$path }$word" in
    ${paths.filter((path) => path !== "''").join(' | ')}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  # The value of a flag, rather than another flag.
  case "\${path:+$path }$previous" in
${values.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if ((files)); then COMPREPLY+=($(compgen -f -- "$current")); fi
}
complete -F _iops iops
`
}

const zshText = (text: string) => text.replace(/[[\]:\\]/g, '\\$&')

function zsh(program: Command): string {
  const functions = nodes(program).map(({ path, options, children, choices, file }) => {
    const name = `_iops${path === '' ? '' : `_${path.replaceAll(' ', '_')}`}`
    const specs = options.flatMap((option) =>
      flagsOf([option]).map((flag) => {
        const value = takesFile(option)
          ? ':file:_files'
          : takesValue(option)
            ? `:value:(${(option.argChoices ?? []).join(' ')})`
            : ''
        return `    ${shellQuote(`*${flag}[${zshText(option.description)}]${value}`)}`
      }),
    )
    if (children.length === 0) {
      const rest = choices.length > 0 ? `*:value:(${choices.join(' ')})` : file ? '*:file:_files' : '*: :'
      return `${name}() {\n  _arguments \\\n${[...specs, `    ${shellQuote(rest)}`].join(' \\\n')}\n}`
    }
    const described = children.map(
      (child) => `    ${shellQuote(`${child.name()}:${zshText(child.summary())}`)}`,
    )
    const dispatch = children.map((child) => `    ${child.name()}) ${name}_${child.name()} ;;`)
    return `${name}() {
  local line state
  local -a commands=(
${described.join('\n')}
  )
  _arguments -C \\
${[...specs, `    '1: :->command'`, `    '*:: :->rest'`].join(' \\\n')}
  case $state in
  command) _describe command commands ;;
  rest)
    case $line[1] in
${dispatch.join('\n')}
    esac ;;
  esac
}`
  })
  return `#compdef iops\n# iops completion for zsh\n${functions.join('\n')}\ncompdef _iops iops\n`
}

function fish(program: Command): string {
  const rows = nodes(program).flatMap(({ path, options, children, choices, file }) => {
    const names = children.map((child) => child.name()).join(' ')
    const at = path.split(' ').filter(Boolean)
    const seen = at.map((word) => `__fish_seen_subcommand_from ${word}`)
    const when = [...seen, ...(names ? [`not __fish_seen_subcommand_from ${names}`] : [])].join('; and ')
    const base = `complete -c iops -n ${shellQuote(when)}`
    return [
      ...children.map((child) => `${base} -f -a ${child.name()} -d ${shellQuote(child.summary())}`),
      ...(choices.length > 0 ? [`${base} -f -a ${shellQuote(choices.join(' '))}`] : []),
      ...(file || children.length > 0 || choices.length > 0 ? [] : [`${base} -f`]),
      ...options.map((option) => {
        const names = [
          option.short && `-s ${option.short.slice(1)}`,
          option.long && `-l ${option.long.slice(2)}`,
        ]
        const choice = option.argChoices ? ` -a ${shellQuote(option.argChoices.join(' '))}` : ''
        const value = takesValue(option) ? (takesFile(option) ? ' -r -F' : ` -x${choice}`) : ''
        return `${base} ${names.filter(Boolean).join(' ')}${value} -d ${shellQuote(option.description)}`
      }),
    ]
  })
  return `# iops completion for fish\n${rows.join('\n')}\n`
}
