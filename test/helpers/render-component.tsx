import { stripVTControlCharacters } from 'node:util'
import { Box } from 'ink'
import { render } from 'ink-testing-library'
import type { ReactNode } from 'react'
import { onTestFinished } from 'vitest'
import { glyphsFor } from '../../src/text/glyphs.ts'
import { type Look, LookContext } from '../../src/ui/components/look.ts'
import { createTheme } from '../../src/ui/components/theme.ts'

interface ComponentOptions {
  readonly columns: number
  readonly ascii?: boolean
}

/** A component in a window of so many columns: its lines without styles, its frame with them, and a way to give it others. */
export function renderComponent(node: ReactNode, { columns, ascii = false }: ComponentOptions) {
  const look: Look = { theme: createTheme(1), glyphs: glyphsFor(ascii), ascii }
  const framed = (content: ReactNode) => (
    <LookContext value={look}>
      {/* The library's window has 100 columns; what stands further right is lost. */}
      <Box width={columns} flexShrink={0}>
        {content}
      </Box>
    </LookContext>
  )
  const { lastFrame, rerender, unmount } = render(framed(node))
  onTestFinished(unmount)
  const styled = () => lastFrame() ?? ''
  return {
    styled,
    lines: () => stripVTControlCharacters(styled()).split('\n'),
    rerender: (next: ReactNode) => rerender(framed(next)),
  }
}
