import { applyFilter, findOnly, leaveFilter, recallFilter } from '../model/modes/filter.ts'
import type { FilterKeyHandler } from '../model/press.ts'
import type { KeyDefinition } from './key-definition.ts'

/** The keys that work while a filter is typed. */
export const filterKeys = {
  applyFilter: {
    keys: ['return'],
    words: 'show only what matches',
    group: 'While filtering',
    bar: ['show only these', 1],
    run: applyFilter,
  },
  findOnly: {
    keys: ['tab'],
    words: 'go to the first match, and hide nothing',
    group: 'While filtering',
    bar: ['only find', 2],
    run: findOnly,
  },
  olderFilter: {
    keys: ['up'],
    words: 'the filter before',
    group: 'While filtering',
    bar: ['history', 3],
    run: recallFilter(1),
  },
  newerFilter: { keys: ['down'], words: 'the filter after', group: 'While filtering', run: recallFilter(-1) },
  leaveFilter: {
    keys: ['escape'],
    words: 'leave the filter as it was',
    group: 'While filtering',
    bar: ['cancel', 4],
    run: leaveFilter,
  },
} as const satisfies Record<string, KeyDefinition<FilterKeyHandler>>
