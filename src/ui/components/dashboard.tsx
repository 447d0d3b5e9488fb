import { useApp, useInput, usePaste } from 'ink'
import { useEffect, useLayoutEffect, useSyncExternalStore } from 'react'
import { chordsOf } from '../input/chords.ts'
import type { TerminalControl } from '../dashboard-session.ts'
import type { DashboardStore } from '../dashboard-store.ts'
import { frameOf } from '../frame.ts'
import type { Theme } from '../theme.ts'

interface DashboardProps {
  readonly store: DashboardStore
  readonly theme: Theme
  /** Gets the rows of the screen, from the top, whenever the view has changed. */
  readonly draw: (rows: readonly string[]) => void
  /** Gets what Ink can do with the terminal, once mounted. */
  readonly bind: (terminal: TerminalControl) => void
}

/**
 * Paints the store's view, and hands keys to the store. The rows are laid out already, so they go to the screen as they
 * are: to have Ink place and measure them again would cost ten times as much.
 */
export function Dashboard({ store, theme, draw, bind }: DashboardProps) {
  const { suspendTerminal } = useApp()
  useEffect(() => bind({ suspend: suspendTerminal }), [bind, suspendTerminal])
  const view = useSyncExternalStore(store.subscribe, store.view)
  useLayoutEffect(() => draw(frameOf(view, theme)), [view, theme, draw])
  useInput((input, key) => {
    const chords = chordsOf(input, key)
    if (chords) for (const chord of chords) store.key(chord)
    else store.paste(input)
  })
  // Mounted always: without it a paste would arrive as keys.
  usePaste((text) => store.paste(text))
  return null
}
