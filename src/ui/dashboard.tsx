import { Box, useApp, useInput, usePaste } from 'ink'
import { useEffect, useSyncExternalStore } from 'react'
import { chordsOf } from './chords.ts'
import { Panes } from './components/panes.tsx'
import { ScreenLine } from './components/screen-line.tsx'
import type { TerminalControl } from './dashboard-session.ts'
import type { DashboardStore } from './dashboard-store.ts'
import type { Theme } from './theme.ts'

interface DashboardProps {
  readonly store: DashboardStore
  readonly theme: Theme
  /** Gets what Ink can do with the terminal, once mounted. */
  readonly bind: (terminal: TerminalControl) => void
}

/** Paints the store's view, and hands keys to the store. Never higher than the terminal. */
export function Dashboard({ store, theme, bind }: DashboardProps) {
  const { suspendTerminal } = useApp()
  useEffect(() => bind({ suspend: suspendTerminal }), [bind, suspendTerminal])
  const view = useSyncExternalStore(store.subscribe, store.view)
  useInput((input, key) => {
    const chords = chordsOf(input, key)
    if (chords) for (const chord of chords) store.key(chord)
    else store.paste(input)
  })
  // Mounted always: without it a paste would arrive as keys.
  usePaste((text) => store.paste(text))
  const height = view.rows - view.top.length - 1
  return (
    <Box flexDirection="column" width={view.columns} height={view.rows}>
      {view.top.map((line, index) => (
        // oxlint-disable-next-line react/no-array-index-key
        <ScreenLine key={index} text={theme(line)} />
      ))}
      <Panes panes={view.panes} height={height} theme={theme} />
      <ScreenLine text={theme(view.foot)} />
    </Box>
  )
}
