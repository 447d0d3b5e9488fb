import { severityFloor } from '../../protocol/severity.ts'

/** The risk that a source's word for a severity means; undefined stands for an alert without such a word. */
export type SeverityScale = (word: string | undefined) => number

/** Words of the field by the risk that they mean. */
const wordsByRisk: readonly (readonly [risk: number, words: string])[] = [
  [95, 'emergency emerg panic disaster fatal p0 sev0'],
  [90, 'critical crit alert alarm page urgent severe p1 sev1'],
  [75, 'high major error err p2 sev2'],
  [70, 'warning warn'],
  [65, 'medium moderate average minor p3 sev3'],
  [45, 'low p4 sev4'],
  [40, 'notice'],
  [30, 'info information informational p5 sev5'],
  [10, 'none debug ok normal'],
]
const riskByWord = new Map(
  wordsByRisk.flatMap(([risk, words]) => words.split(' ').map((word) => [word, risk])),
)

/** A word that nobody knows is never calm. */
const unknownRisk = severityFloor.warning + 10

const usual: SeverityScale = (word = '') => riskByWord.get(wordKey(word)) ?? unknownRisk

/**
 * Another scale, by default that of the usual words in any case, with words of an operator, which win; `own` has
 * them as {@link wordKey} gives them.
 */
export function createSeverityScale(
  own: ReadonlyMap<string, number> = new Map(),
  others: SeverityScale = usual,
): SeverityScale {
  return (word) => own.get(wordKey(word ?? '')) ?? others(word)
}

/** `SEV-1`, ` sev 1` and `sev1` are one word. */
export const wordKey = (word: string): string =>
  word
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+(?=\d)/g, '')
