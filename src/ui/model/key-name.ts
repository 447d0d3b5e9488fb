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
