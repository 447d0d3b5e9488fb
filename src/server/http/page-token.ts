import { normalizeTimestamp } from '../../protocol/time/timestamp.ts'
import { badRequest } from '../fault/http-fault.ts'
import type { PagePosition } from '../stores/store.ts'

/** Opaque to clients: the position of the page's last item. */
export function writePageToken({ timestamp, alertId }: PagePosition): string {
  return Buffer.from(JSON.stringify([timestamp, alertId])).toString('base64url')
}

export function readPageToken(token: string): PagePosition {
  const position = parse(token)
  if (position) return position
  throw badRequest('invalid_query', 'nextToken is not one that this server gave out.')
}

function parse(token: string): PagePosition | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    if (!Array.isArray(value) || value.length !== 2) return undefined
    const [timestamp, alertId] = value as unknown[]
    if (typeof timestamp !== 'string' || typeof alertId !== 'string') return undefined
    return normalizeTimestamp(timestamp) === timestamp ? { timestamp, alertId } : undefined
  } catch {
    return undefined
  }
}
