/**
 * What an operator wants to see counted of this store.
 *
 * - `throttled`, `expired`, `lost`, `denied`, `invalid`: requests that DynamoDB did not serve; `retried`: those sent
 *   again; `refused`: those given up
 * - `raced`: appends that found another node's entry at their place, and moved on
 * - `handed_over`: groups left to the winner of a race; `replanned`: groups whose alerts others touched meanwhile
 * - `relayed`: insights of other writers brought into the log
 * - `fenced`: writes to the insight table that came too late: a later entry was there already
 * - `settled_for_others`: insights written to the table in place of a node that did not get to it
 * - `late`: read-only mode: insights that came after newer ones had been shown
 */
export type StoreEvent =
  | 'throttled'
  | 'expired'
  | 'lost'
  | 'denied'
  | 'invalid'
  | 'refused'
  | 'retried'
  | 'raced'
  | 'handed_over'
  | 'replanned'
  | 'relayed'
  | 'fenced'
  | 'settled_for_others'
  | 'late'

/** Counts one event, or `by` of them. */
export type Count = (event: StoreEvent, by?: number) => void
