import type { Hub } from './hub.ts'

/** What event streams come from. */
export type StreamSource = Pick<Hub, 'store' | 'epoch' | 'position' | 'stats' | 'attach'>
