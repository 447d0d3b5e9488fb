import { useApp, useInput, usePaste } from 'ink'
import { useEffect, useSyncExternalStore } from 'react'
import { chordsOf } from '../input/chords.ts'
import type { DashboardStore } from '../session/dashboard-store.ts'
import type { TerminalControl } from '../session/terminal-control.ts'
import { Dashboard } from './dashboard.tsx'
import { type Look, LookContext } from './look.ts'

interface ConnectedDashboardProps {
  readonly store: DashboardStore
  readonly look: Look
  /** Gets what Ink can do with the terminal, once mounted. */
  readonly bind: (terminal: TerminalControl) => void
}

/** The dashboard of a store: shows its view, and hands it keys and pastes. */
export function ConnectedDashboard({ store, look, bind }: ConnectedDashboardProps) {
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
  return (
    <LookContext value={look}>
      <Dashboard view={view} />
    </LookContext>
  )
}
