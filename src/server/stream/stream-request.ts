import type { StreamRequest } from './opening.ts'
import { Query } from '../http/query.ts'

/** The header goes first: a browser that reconnects sends it along with the address it began with. */
export function readStreamRequest(
  parameters: URLSearchParams,
  lastEventId: string | undefined,
  now: Date,
): StreamRequest {
  const query = new Query(parameters, now)
  return {
    lastEventId: lastEventId || query.text('lastEventId'),
    limit: query.count('limit', 10, 0, 1000),
    filter: query.filter(),
  }
}
