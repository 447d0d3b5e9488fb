import { type Command, Option } from 'commander'
import { Failure } from '../../program/failure.ts'
import { type Content, fieldList } from '../../protocol/insight/fields.ts'
import type { InsightInput } from '../../protocol/insight/schema.ts'
import { statuses } from '../../protocol/status.ts'
import { collect } from '../shared/flags.ts'
import { faultsIn } from './input.ts'

/** The values of the flags, by their names in commander (`entity`, `risk`). */
export type FieldFlags = Readonly<Record<string, unknown>>

const group = 'One insight:'

/** A flag for each field that has one in the table, the required ones first. */
const fieldFlags = fieldList
  .flatMap(({ name, content, missing, flag }) =>
    flag === undefined
      ? []
      : [
          {
            name,
            content,
            isRequired: missing === 'refused',
            option: new Option(flag.flags, flag.help).helpGroup(group),
          },
        ],
  )
  .sort((a, b) => Number(b.isRequired) - Number(a.isRequired))

export function withFieldFlags(command: Command): Command {
  for (const { content, option } of fieldFlags) {
    if (content.kind === 'texts' || content.kind === 'labels') option.argParser(collect)
    if (content.kind === 'status') option.choices(statuses)
    command.addOption(option)
  }
  return command
}

/** Undefined when no flag gives a field. Rejects with a usage {@link Failure} in the flags' own names. */
export async function insightFromFlags(flags: FieldFlags): Promise<InsightInput | undefined> {
  const given: Record<string, unknown> = {}
  for (const { name, content, option } of fieldFlags) {
    const value = flags[option.attributeName()]
    if (value !== undefined) given[name] = fieldValue(content, value, option.long ?? '')
  }
  if (Object.keys(given).length === 0) return undefined
  for (const { name, isRequired, option } of fieldFlags)
    if (isRequired && !(name in given)) throw new Failure('usage', `an insight needs ${option.long}`)
  const faults = await faultsIn(given)
  if (faults.length > 0) throw new Failure('usage', faults.join('; '))
  return given as InsightInput
}

function fieldValue({ kind }: Content, value: unknown, flag: string): unknown {
  if (kind === 'number') return number(value)
  if (kind === 'labels') return Object.fromEntries((value as string[]).map((text) => pair(text, flag)))
  return value
}

/** What is no number stays as it is: the schema has the words for it. */
const number = (value: unknown) =>
  typeof value !== 'string' || value.trim() === '' || Number.isNaN(Number(value)) ? value : Number(value)

function pair(text: string, flag: string): [string, string] {
  const at = text.indexOf('=')
  if (at < 1) throw new Failure('usage', `${flag} takes name=value, not "${text}"`)
  return [text.slice(0, at), text.slice(at + 1)]
}
