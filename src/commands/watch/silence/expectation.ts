import { InvalidArgumentError } from 'commander'
import type { Filter } from '../../../protocol/filter/filter.ts'
import { longAge } from '../../../text/format.ts'
import { duration, filter } from '../../shared/flags.ts'

/** A heartbeat: something that matches has to come at least so often. */
export interface Expectation {
  /** Milliseconds. */
  readonly every: number
  readonly filter: Filter
}

/** Reads `5m` or `5m:FILTER`; may stand more than once. */
export function expectation(text: string, before: readonly Expectation[] = []): readonly Expectation[] {
  const colon = text.indexOf(':')
  const [time, rest] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)]
  if (colon >= 0 && rest.trim() === '') throw new InvalidArgumentError('The filter after the ":" is empty.')
  return [...before, { every: duration(time.trim()), filter: filter(rest) }]
}

/** In words, such as `any alert` or `type:heartbeat`. */
export const expectedText = ({ filter }: Expectation): string => filter.text || 'any alert'

export const silenceText = (expected: Expectation): string =>
  `${expectedText(expected)}: silent for ${longAge(expected.every)}`
