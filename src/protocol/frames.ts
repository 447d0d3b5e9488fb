import { type Cursor, formatCursor, type ResetReason } from './cursor.ts'

/** How long a client waits before its first reconnect, in milliseconds. */
const retryMs = 5000

/** A beat is due this often, in milliseconds; a client that hears nothing for 2.5 of them is cut off. */
export const beatMs = 15_000

/** The event that goes out first on every stream (WHATWG HTML, server-sent events). */
export const retryFrame = `retry: ${retryMs}\n\n`

/** An insight: an unnamed event, so that `onmessage` of any EventSource gets it. `json` is one line. */
export const insightFrame = (cursor: Cursor, json: string): string =>
  `${insightFrameHead(cursor)}${json}${frameEnd}`

/** What stands in an insight's frame before its JSON; ASCII. */
export const insightFrameHead = (cursor: Cursor): string => `id: ${formatCursor(cursor)}\ndata: `

/** What ends every frame. */
export const frameEnd = '\n\n'

/** The server's clock, and the position that the stream has passed. */
export function beatFrame(cursor: Cursor, time: Date): string {
  return `event: beat\nid: ${formatCursor(cursor)}\ndata: {"time":"${time.toISOString()}"}\n\n`
}

/** The position that was asked for can't be honoured, and so many events came behind it; a snapshot follows. */
export function resetFrame(reason: ResetReason, missed?: number): string {
  return `event: reset\ndata: ${JSON.stringify({ reason, missed })}\n\n`
}
