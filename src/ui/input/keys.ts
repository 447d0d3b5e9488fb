import type { FilterKeyHandler, KeyHandler } from '../model/press.ts'
import { browseKeys } from './browse-keys.ts'
import { filterKeys } from './filter-keys.ts'
import type { KeyDefinition } from './key-definition.ts'
import { programKeys } from './program-keys.ts'

/** Where a key works: in the list and the detail, while a filter is typed, or everywhere, prompts included. */
export type KeyContext = 'browse' | 'filter' | 'any'

type BrowseAction = keyof typeof browseKeys
type FilterAction = keyof typeof filterKeys
type ProgramAction = keyof typeof programKeys
export type Action = BrowseAction | FilterAction | ProgramAction

/** A key as the help bar, the help screen and docs/keys.md show it. */
export interface Key extends KeyDefinition<unknown> {
  readonly action: Action
  readonly context: KeyContext
}

type Table<Action extends string, Handler> = Readonly<Record<Action, KeyDefinition<Handler>>>

function entriesOf<Name extends Action, Handler>(table: Table<Name, Handler>, context: KeyContext) {
  return (Object.entries(table) as [Name, KeyDefinition<Handler>][]).map(([action, definition]) => ({
    action,
    context,
    ...definition,
  }))
}

const browse = entriesOf<BrowseAction, KeyHandler>(browseKeys, 'browse')
const program = entriesOf<ProgramAction, KeyHandler>(programKeys, 'any')
const filter = entriesOf<FilterAction, FilterKeyHandler>(filterKeys, 'filter')

/** Every key of the dashboard, which stands once in a context. */
export const keys: readonly Key[] = [...browse, ...program, ...filter]

const byChord = <Entry extends Key>(entries: readonly Entry[]): ReadonlyMap<string, Entry> =>
  new Map(entries.flatMap((entry) => entry.keys.map((chord) => [chord, entry] as const)))

const browseByChord = byChord(browse)
const programByChord = byChord(program)
const filterByChord = byChord(filter)

export const browseKey = (chord: string) => browseByChord.get(chord)
export const programKey = (chord: string) => programByChord.get(chord)
export const filterKey = (chord: string) => filterByChord.get(chord)
