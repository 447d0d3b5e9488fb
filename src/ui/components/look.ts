import { createContext, useContext } from 'react'
import { type Glyphs, glyphsFor } from '../../text/glyphs.ts'
import { createTheme, type Theme } from './theme.ts'

/** What all components draw with. */
export interface Look {
  readonly theme: Theme
  readonly glyphs: Glyphs
  readonly ascii: boolean
}

export const LookContext = createContext<Look>({
  theme: createTheme(0),
  glyphs: glyphsFor(true),
  ascii: true,
})

export const useLook = (): Look => useContext(LookContext)
