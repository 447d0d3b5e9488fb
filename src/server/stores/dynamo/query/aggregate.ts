import type { Aggregations } from '../../../../protocol/answers.ts'
import type { Insight } from '../../../../protocol/insight/insight.ts'
import { fieldText } from '../../../../protocol/insight/unreadable.ts'
import { parseTimestamp } from '../../../../protocol/time/timestamp.ts'
import type { AggregateQuery } from '../../store.ts'
import { Tally } from '../../tally.ts'

/** Totals over insights that are in range already. One whose time nobody can read has no bucket to go to. */
export async function aggregate(
  insights: AsyncIterable<Insight>,
  { since, until, buckets }: AggregateQuery,
  now: number,
): Promise<Aggregations> {
  const tally = new Tally()
  for await (const insight of insights) {
    const time = parseTimestamp(insight.timestamp)
    if (time !== undefined)
      tally.add(time, insight.risk_score, insight.prediction_type, fieldText(insight.status))
  }
  return tally.result({ since: instant(since), until: instant(until), buckets, now })
}

const instant = (text: string | undefined) => (text === undefined ? undefined : parseTimestamp(text))
