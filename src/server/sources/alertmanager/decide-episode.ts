import type { Insight } from '../../../protocol/insight/insight.ts'
import type { NamedInput } from '../../ingest/ingest.ts'

/**
 * One firing episode as several replicas tell it, in any order: once resolved it stays so, the earliest end counts,
 * and links to the one or the other replica are no news.
 */
export function decideEpisode(input: NamedInput, current: Insight | undefined): NamedInput | undefined {
  if (current === undefined) return input
  if (current.status === 'resolved')
    return input.status === 'resolved' ? earlierEnd(input, current) : undefined
  if (!saysTheSame(input, current)) return input
  const { url, recommendations } = current
  return { ...input, recommendations, ...(url !== undefined && { url }) }
}

/** What is resolved already takes over the end only. */
function earlierEnd(input: NamedInput, current: Insight): NamedInput | undefined {
  const { resolved_at: known } = current
  if (input.resolved_at === undefined || (known !== undefined && known <= input.resolved_at)) return undefined
  return { ...input, ...(current.url !== undefined && { url: current.url }) }
}

function saysTheSame(input: NamedInput, current: Insight): boolean {
  return (
    input.risk_score === current.risk_score &&
    input.explanation === current.explanation &&
    input.prediction_type === current.prediction_type &&
    input.entity_id === current.entity_id
  )
}
