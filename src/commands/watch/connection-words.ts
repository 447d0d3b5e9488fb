import type { FeedEvent, FeedState } from '../../client/feed/feed.ts'
import type { Io } from '../../program/io.ts'
import { counted, longAge } from '../../text/format.ts'
import { sanitize } from '../../text/sanitize.ts'

/**
 * Tells on stderr how the connection is. A good start is told to a terminal only: a program that
 * reads stderr hears of trouble, and of its end.
 */
export function createConnectionWords(url: string, io: Io) {
  let talkative = io.stderr.isTTY ?? false
  let last = ''
  const say = (words: string) => {
    if (words !== last) io.stderr.write(`iops: ${sanitize(words)}\n`)
    last = words
  }
  const tellState = ({ status, attempt, nextTryAt, reason, catchUp }: FeedState) => {
    if (status === 'retrying') {
      talkative = true
      const wait = longAge(Math.max(1000, (nextTryAt ?? 0) - io.now() + 500))
      say(`link down (${reason ?? 'cut'}), retry in ${wait}${attempt > 1 ? `, attempt ${attempt}` : ''}`)
    } else if (status === 'connecting' && talkative) say(`connecting to ${url}`)
    else if (status === 'live' && catchUp) {
      if (talkative && catchUp.phase === 'replay') say(`catching up from ${url}`)
    } else if (status === 'live' && talkative) say(`live from ${url}`)
    else if (status === 'stopped' && reason !== undefined && talkative) say(`ended: ${reason}`)
  }
  return {
    tell(event: FeedEvent): void {
      if (event.type === 'state') tellState(event.state)
      else if (event.type === 'fault') say(event.message)
      else if (event.type === 'resumed') {
        const { gap, replayed, downAt, upAt } = event
        const after = `resumed after ${longAge(upAt - downAt)}: ${counted(replayed, 'alert')} replayed`
        say(gap === undefined ? `${after}, none lost` : `${after}, and others may be missing (${gap})`)
      }
    },
  }
}
