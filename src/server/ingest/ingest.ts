import type { PublishResult } from '../../protocol/answers.ts'
import { formatCursor } from '../../protocol/cursor.ts'
import type { Insight } from '../../protocol/insight/insight.ts'
import type { InsightInput } from '../../protocol/insight/schema.ts'
import type { Change, Store } from '../stores/store.ts'
import { checkItems } from './check-items.ts'
import { completeInsight } from './complete-insight.ts'
import { newAlertId } from './new-alert-id.ts'
import { readBatch } from './read-batch.ts'

/** An input whose alert is known. */
export type NamedInput = InsightInput & { readonly alert_id: string; readonly decide?: Decide }

/**
 * What a source makes of its input once the alert's latest version is known: the input itself, another one,
 * or undefined to leave the alert as it is. Pure: a store may call it more than once.
 */
type Decide = (input: NamedInput, current: Insight | undefined) => NamedInput | undefined

/**
 * Takes a body of insights, all or nothing; resolves when they are durable. The checks run at once,
 * so that two calls take their places in the log in the order in which they were made.
 */
export function ingest(
  store: Store,
  body: Uint8Array,
  contentType: string | undefined,
  now: Date,
): Promise<PublishResult> {
  const inputs = checkItems(readBatch(body, contentType))
  // Named here and not in `apply`, which a store may call more than once.
  for (const input of inputs) input.alert_id ??= newAlertId()
  return appendInputs(store, inputs as NamedInput[], now)
}

/** Appends inputs that have been checked. */
export async function appendInputs(
  store: Store,
  inputs: readonly NamedInput[],
  now: Date,
): Promise<PublishResult> {
  const arrival = now.toISOString()
  const outcomes = await store.append(inputs.map((input) => toChange(input, arrival)))
  return {
    accepted: outcomes.length,
    items: outcomes.map(({ alertId, result, cursor }) => ({
      alert_id: alertId,
      id: formatCursor(cursor),
      // An insight is always made, so none is ever absent.
      result: result === 'absent' ? 'unchanged' : result,
    })),
  }
}

function toChange(input: NamedInput, arrival: string): Change {
  return {
    alertId: input.alert_id,
    apply: (current) => {
      const decided = input.decide ? input.decide(input, current) : input
      return decided && completeInsight(decided, current, arrival)
    },
  }
}
