import type { Logger } from '../../../telemetry/logger.ts'
import type { Settler } from '../write/settle.ts'
import type { Tail } from './tail.ts'

/** Time for the writer of the last batch to bring it into the insight table, before others do. */
const graceMs = 3000

/** Settles a last batch that stays the last without its writer having been heard of. Returns how to stop. */
export function helpLate(tail: Tail, settler: Settler, logger: Logger): () => Promise<void> {
  let seen: { nonce: string; at: number } | undefined
  let helping: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    const { last } = tail
    if (!last || settler.isSettled(last)) return
    if (seen?.nonce !== last.nonce) seen = { nonce: last.nonce, at: seen ? performance.now() : -Infinity }
    if (performance.now() - seen.at < graceMs) return
    seen.at = performance.now()
    helping = settler
      .settle(last)
      .catch((error: unknown) => logger('warn', 'last batch not settled', { reason: String(error) }))
  }, graceMs / 4).unref()
  return async () => {
    clearInterval(timer)
    await helping
  }
}
