import { counted, wholeNumber } from '../../text/format.ts'
import type { FeedEvent } from './feed-event.ts'

type Resumed = Extract<FeedEvent, { type: 'resumed' }>

/** What came of a cut, in words: `3 alerts replayed, none lost`, `24 alerts recovered (expired)`. */
export function resumedMessage(event: Resumed): string {
  const { gap, replayed, recovered = 0, unrecovered, fault } = event
  if (gap === undefined) return `${counted(replayed, 'alert')} replayed, none lost`
  const brought =
    recovered > 0 || unrecovered !== undefined ? `${counted(recovered, 'alert')} recovered` : undefined
  const came = [replayed > 0 || !brought ? `${counted(replayed, 'alert')} replayed` : undefined, brought]
    .filter(Boolean)
    .join(', ')
  if (unrecovered === 0) return `${came} (${gap})`
  if (unrecovered !== undefined)
    return `${came}, ${wholeNumber(unrecovered)} that came in between can't be (${gap})`
  const why = fault === undefined ? '' : `; they can't be read: ${fault}`
  return `${came}, and others may be missing (${gap})${why}`
}
