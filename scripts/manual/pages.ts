import type { Command, Option } from 'commander'
import { Readable, Writable } from 'node:stream'
import { buildProgram } from '../../src/cli/build-program.ts'
import { commandLoaders } from '../../src/cli/command-loaders.ts'

/** What the manual says of one command. */
export interface Page {
  /** `iops`, `iops watch`, `iops config show`. */
  readonly name: string
  readonly summary: string
  readonly description: string
  readonly usage: string
  /** Lines as they are typed, each with what it does. */
  readonly examples: string
  readonly terms: readonly TermGroup[]
}

interface TermGroup {
  /** `Arguments`, `Options`, `Commands`, or a heading of the command's own. */
  readonly heading: string
  readonly terms: readonly { readonly term: string; readonly text: string }[]
}

/** The pages of all commands, made from the commands themselves, for nobody's machine in particular. */
export async function manualPages(): Promise<Page[]> {
  const sink = new Writable({ write: (_chunk, _encoding, done) => done() })
  const io = {
    stdin: new Readable({ read() {} }),
    stdout: sink,
    stderr: sink,
    env: { HOME: '~' },
    now: Date.now,
    signal: new AbortController().signal,
  }
  const program = await buildProgram('completion', io, (name) => commandLoaders[name]())
  return pagesOf(program, [])
}

function pagesOf(command: Command, parents: readonly string[]): Page[] {
  const names = [...parents, command.name()]
  const help = command.createHelp()
  const usage = help.commandUsage(command)
  const page = {
    name: names.join(' '),
    summary: command.summary() || firstSentence(command.description()),
    description: command.description(),
    usage: usage.startsWith(names.join(' ')) ? usage : [...parents, usage].join(' '),
    examples: examplesOf(command),
    terms: termGroups(command),
  }
  return [page, ...command.commands.flatMap((child) => pagesOf(child, names))]
}

function firstSentence(text: string): string {
  const [sentence = ''] = text.split(/\.(?:\s|$)/)
  return sentence.charAt(0).toLowerCase() + sentence.slice(1)
}

/** They lead the help, as written there. */
function examplesOf(command: Command): string {
  const written: string[] = []
  command.configureOutput({ writeOut: (text) => written.push(text) })
  command.outputHelp()
  const [before = ''] = written.join('').split(/^Usage:/m)
  return before.replace(/^Examples:\n/, '').trimEnd()
}

function termGroups(command: Command): TermGroup[] {
  const help = command.createHelp()
  const groups = new Map<string, { term: string; text: string }[]>()
  const add = (heading: string, term: string, text: string) => {
    const name = heading.replace(/:$/, '')
    groups.set(name, [...(groups.get(name) ?? []), { term, text }])
  }
  for (const argument of help.visibleArguments(command))
    add('Arguments', argument.name(), help.argumentDescription(argument))
  for (const option of help.visibleOptions(command))
    add(
      option.helpGroupHeading ?? 'Options',
      option.flags,
      optionText(help.optionDescription(option), option),
    )
  for (const child of help.visibleCommands(command))
    if (child.name() !== 'help')
      add(child.helpGroup() || 'Commands', help.subcommandTerm(child), help.subcommandDescription(child))
  return Array.from(groups, ([heading, terms]) => ({ heading, terms }))
}

const optionText = (text: string, { long }: Option) =>
  long === '--help' ? 'shows the help of the command' : text
