import type { StreamRequest } from '../stream/opening.ts'
import { Query } from './query.ts'
import { queryParameters } from './query-parameters.ts'

/** Throws 400 for a wrong parameter. The header goes first: a browser that reconnects sends it along with the address it began with. */
export function readStreamRequest(
  parameters: URLSearchParams,
  lastEventId: string | undefined,
  now: Date,
): StreamRequest {
  const query = new Query(parameters, queryParameters.stream, now)
  return {
    lastEventId: lastEventId || query.text('lastEventId'),
    limit: query.count('limit', 10, 0, 1000),
    filter: query.filter('filter'),
  }
}
