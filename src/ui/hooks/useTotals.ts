import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query'
import type { Api } from '../../client/api/api.ts'
import type { Aggregations } from '../../protocol/answers.ts'

export interface TotalsOptions {
  readonly api: Api
  /** The name of the range, such as `1h`: it tells one query from another. */
  readonly range: string
  /** Where the range begins now, in milliseconds since the epoch; asked at each fetch. */
  readonly since: () => number
  readonly filter?: string | undefined
}

/** The beginning of every totals query's key, to invalidate them by. */
export const totalsKey = ['totals'] as const

/** The server's totals over a range. The figures of the range before stay until the new ones are there. */
export function useTotals({ api, range, since, filter = '' }: TotalsOptions): UseQueryResult<Aggregations> {
  return useQuery({
    queryKey: [...totalsKey, range, filter],
    queryFn: () => api.aggregations({ since: new Date(since()).toISOString(), filter }),
    placeholderData: keepPreviousData,
    retry: 1,
  })
}
