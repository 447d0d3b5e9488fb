/** The word that somebody meant who mistyped it: at most a third of its letters are wrong. Undefined when none is near. */
export function nearestWord(typed: string, words: readonly string[]): string | undefined {
  let nearest: string | undefined
  let fewest = Number.POSITIVE_INFINITY
  for (const word of words) {
    const [a, b] = [plain(typed), plain(word)]
    // Longer words than that can't be near.
    if (a.length > 2 * b.length) continue
    const edits = countEdits(a, b)
    if (edits < fewest && edits <= Math.ceil(b.length / 3)) [nearest, fewest] = [word, edits]
  }
  return nearest
}

/** `last-event-id` is `lastEventId`. */
const plain = (word: string) => word.toLowerCase().replaceAll(/[-_]/g, '')

/** Letters to add, drop, change or swap with their neighbour (optimal string alignment). */
function countEdits(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let edits = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        edits = Math.min(edits, before[j - 2]! + 1)
      row.push(edits)
    }
    ;[before, last] = [last, row]
  }
  return last[b.length]!
}
