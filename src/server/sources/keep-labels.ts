import { limits } from '../../protocol/insight/limits.ts'
import { cutBytes, cutLength } from '../../text/cut-text.ts'

/** As many labels as an insight may have, each cut to its bound; `notes` gets what was cut, in words. */
export function keepLabels(
  labels: Readonly<Record<string, string>>,
  notes: string[],
): Record<string, string> {
  const names = Object.keys(labels)
    .filter((name) => name !== '' && name !== '__proto__')
    .sort()
  const kept: Record<string, string> = {}
  let cut = 0
  for (const name of names.slice(0, limits.labels)) {
    const value = labels[name] ?? ''
    const [shortName, shortValue] = [cutLength(name, limits.idLength), cutBytes(value, limits.labelBytes)]
    if (shortName !== name || shortValue !== value) cut++
    kept[shortName] = shortValue
  }
  if (names.length > limits.labels) notes.push(`${names.length - limits.labels} labels were left out`)
  if (cut > 0) notes.push(`${cut} labels were too long`)
  return kept
}
