/** Where a key works. `browse` is the list and the detail; `any` is everywhere, prompts included. */
export type KeyContext = 'any' | 'browse' | 'filter' | 'help' | 'confirm' | 'copy' | 'command'

type KeyGroup = 'Move' | 'Look' | 'Act' | 'Take along' | 'Program' | 'While filtering'

interface Definition {
  /** As terminals name them: one character, or `^d`, `space`, `return`, `pageDown`, … */
  readonly keys: readonly string[]
  /** What it does, in words for the help screen and the docs. */
  readonly words: string
  readonly group: KeyGroup
  readonly context: KeyContext
  /** The word in the help bar, and its place there (low comes first); absent keys are not shown. */
  readonly bar?: readonly [word: string, place: number]
}

/**
 * Every key of the dashboard. The reducer, the help bar, the help screen and docs/keys.md are made
 * from this table; a key stands once in a context.
 */
const table = {
  down: { keys: ['j', 'down'], words: 'next alert', group: 'Move', context: 'browse', bar: ['move', 1] },
  up: { keys: ['k', 'up'], words: 'previous alert', group: 'Move', context: 'browse' },
  halfDown: { keys: ['^d'], words: 'half a page down', group: 'Move', context: 'browse' },
  halfUp: { keys: ['^u'], words: 'half a page up', group: 'Move', context: 'browse' },
  pageDown: {
    keys: ['pageDown'],
    words: 'a page down; in the detail, scroll it',
    group: 'Move',
    context: 'browse',
  },
  pageUp: {
    keys: ['pageUp'],
    words: 'a page up; in the detail, scroll it',
    group: 'Move',
    context: 'browse',
  },
  first: { keys: ['g', 'home'], words: 'first row, and stay there', group: 'Move', context: 'browse' },
  last: {
    keys: ['end'],
    words: 'last row; older alerts load from the server',
    group: 'Move',
    context: 'browse',
  },
  live: {
    keys: ['G'],
    words: 'back to live: the top, with the detail closed',
    group: 'Move',
    context: 'browse',
  },
  nextCritical: { keys: ['e'], words: 'next critical', group: 'Move', context: 'browse' },
  previousCritical: { keys: ['E'], words: 'previous critical', group: 'Move', context: 'browse' },
  nextWarning: { keys: ['w'], words: 'next warning', group: 'Move', context: 'browse' },
  previousWarning: { keys: ['W'], words: 'previous warning', group: 'Move', context: 'browse' },
  nextMatch: { keys: ['n'], words: 'next match of the last filter', group: 'Move', context: 'browse' },
  previousMatch: { keys: ['N'], words: 'previous match', group: 'Move', context: 'browse' },

  open: {
    keys: ['return'],
    words: 'open the alert; it stays while others come',
    group: 'Look',
    context: 'browse',
    bar: ['detail', 2],
  },
  back: {
    keys: ['escape'],
    words: 'back; closes the detail, then clears the filter',
    group: 'Look',
    context: 'browse',
    bar: ['close', 2],
  },
  freeze: {
    keys: ['space'],
    words: 'freeze the view; alerts are still received and counted',
    group: 'Look',
    context: 'browse',
    bar: ['pause', 4],
  },
  filter: {
    keys: ['/'],
    words: 'filter, with a live preview',
    group: 'Look',
    context: 'browse',
    bar: ['filter', 3],
  },
  sort: {
    keys: ['s'],
    words: 'sort by time, risk, entity, rising',
    group: 'Look',
    context: 'browse',
    bar: ['sort', 6],
  },
  fold: {
    keys: ['x'],
    words: 'fold repeats of one type and entity into ×N',
    group: 'Look',
    context: 'browse',
  },
  age: { keys: ['t'], words: 'show ages, or times', group: 'Look', context: 'browse' },
  zone: { keys: ['z'], words: 'times in the local zone, or UTC', group: 'Look', context: 'browse' },
  shorterRange: {
    keys: ['['],
    words: 'totals over a shorter time: week, today, 3h, 1h',
    group: 'Look',
    context: 'browse',
  },
  longerRange: {
    keys: [']'],
    words: 'totals over a longer time: 1h, 3h, today, week',
    group: 'Look',
    context: 'browse',
  },

  acknowledge: {
    keys: ['a'],
    words: 'acknowledge; live, twice: the first names it',
    group: 'Act',
    context: 'browse',
    bar: ['ack', 5],
  },
  resolve: {
    keys: ['R'],
    words: 'resolve; live, twice: the first names it',
    group: 'Act',
    context: 'browse',
  },
  undo: { keys: ['u'], words: 'undo the last acknowledge or resolve', group: 'Act', context: 'browse' },
  reconnect: { keys: ['r'], words: 'connect now, while waiting to', group: 'Act', context: 'browse' },

  copy: {
    keys: ['y'],
    words: "copy the alert's id; live, twice",
    group: 'Take along',
    context: 'browse',
    bar: ['copy', 7],
  },
  copyAs: {
    keys: ['Y'],
    words: 'copy as JSON, markdown or curl; live, twice',
    group: 'Take along',
    context: 'browse',
  },
  openLink: {
    keys: ['o'],
    words: "open the alert's link; live, twice",
    group: 'Take along',
    context: 'browse',
  },
  save: { keys: ['^s'], words: 'save the view as NDJSON', group: 'Take along', context: 'browse' },
  command: {
    keys: ['!'],
    words: 'show the command that prints this view',
    group: 'Take along',
    context: 'browse',
  },

  help: { keys: ['?'], words: 'all keys', group: 'Program', context: 'browse', bar: ['keys', 8] },
  mouse: {
    keys: ['m'],
    words: 'mouse on or off: click selects, the wheel scrolls',
    group: 'Program',
    context: 'browse',
  },
  bell: {
    keys: ['b'],
    words: 'bell and notification for new criticals, on or off',
    group: 'Program',
    context: 'browse',
  },
  quit: { keys: ['q'], words: 'quit', group: 'Program', context: 'browse', bar: ['quit', 9] },
  interrupt: { keys: ['^c'], words: 'quit, from anywhere', group: 'Program', context: 'any' },
  suspend: { keys: ['^z'], words: 'suspend; fg comes back', group: 'Program', context: 'any' },
  redraw: { keys: ['^l'], words: 'draw the screen anew', group: 'Program', context: 'any' },

  applyFilter: {
    keys: ['return'],
    words: 'show only what matches',
    group: 'While filtering',
    context: 'filter',
    bar: ['show only these', 1],
  },
  findOnly: {
    keys: ['tab'],
    words: 'go to the first match, and hide nothing',
    group: 'While filtering',
    context: 'filter',
    bar: ['only find', 2],
  },
  olderFilter: {
    keys: ['up'],
    words: 'the filter before',
    group: 'While filtering',
    context: 'filter',
    bar: ['history', 3],
  },
  newerFilter: { keys: ['down'], words: 'the filter after', group: 'While filtering', context: 'filter' },
  leaveFilter: {
    keys: ['escape'],
    words: 'leave the filter as it was',
    group: 'While filtering',
    context: 'filter',
    bar: ['cancel', 4],
  },
} as const satisfies Record<string, Definition>

export type Action = keyof typeof table

export interface Key extends Definition {
  readonly action: Action
}

export const keys: readonly Key[] = Object.entries(table).map(([action, definition]) => ({
  action: action as Action,
  ...definition,
}))

const lookup = new Map(
  keys.flatMap((key) => key.keys.map((chord) => [`${key.context} ${chord}`, key.action] as const)),
)

/** What a key means in this context; undefined when nothing. */
export function actionFor(chord: string, context: KeyContext): Action | undefined {
  return lookup.get(`any ${chord}`) ?? lookup.get(`${context} ${chord}`)
}

const names: Readonly<Record<string, readonly [sign: string, ascii: string]>> = {
  return: ['⏎', 'enter'],
  escape: ['esc', 'esc'],
  down: ['↓', 'down'],
  up: ['↑', 'up'],
  pageDown: ['PgDn', 'PgDn'],
  pageUp: ['PgUp', 'PgUp'],
  home: ['Home', 'Home'],
  end: ['End', 'End'],
  space: ['space', 'space'],
  tab: ['tab', 'tab'],
}

/** A key as people read it: `⏎`, `^D`, `PgDn`. */
export function keyName(chord: string, ascii: boolean): string {
  if (chord.length > 1 && chord.startsWith('^')) return `^${chord.slice(1).toUpperCase()}`
  return names[chord]?.[ascii ? 1 : 0] ?? chord
}
