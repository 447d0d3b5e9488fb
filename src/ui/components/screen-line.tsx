import { Text } from 'ink'
import { memo } from 'react'

/** One line of the screen: a single text node, drawn anew only when it reads differently. */
export const ScreenLine = memo(function ScreenLine({ text }: { readonly text: string }) {
  return <Text wrap="truncate">{text === '' ? ' ' : text}</Text>
})
