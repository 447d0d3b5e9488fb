const connectives: Readonly<Record<string, string>> = {
  and: 'terms are joined by AND already: leave it out',
  '&&': 'terms are joined by AND already: leave it out',
  '&': 'terms are joined by AND already: leave it out',
  or: 'commas mean OR, as in type:a,b',
  '||': 'commas mean OR, as in type:a,b',
  '|': 'commas mean OR, as in type:a,b',
  not: 'a "-" before the term negates it, as in -type:a',
  '!': 'a "-" before the term negates it, as in -type:a',
  '-': 'the "-" that negates stands directly before its term',
}

/**
 * Why an unquoted free word is meant as something else: a connective, a bare operator, or the beginning of a
 * field's term (`risk >= 80`). Searched as text it would hardly ever match, and a condition would wait for ever.
 * Undefined for a word that may be searched.
 */
export function mistakenWord(word: string, fieldNames: readonly string[]): string | undefined {
  const lower = word.toLowerCase()
  const connective = Object.hasOwn(connectives, lower) ? connectives[lower] : undefined
  if (connective !== undefined) return `${connective}; quote "${word}" to search it`
  if (/^[()[\]{}]+$/.test(word)) return 'there are no groups; terms are joined by AND, commas mean OR'
  if (/^[:<>=,≤≥≠~]|^!/.test(word))
    return `"${word}" has no field before it; write a comparison without spaces, as in risk>=80`
  const [, name = '', rest = ''] = /^(label\.[^!≤≥≠~]*|[a-z]+)(.*)$/s.exec(lower) ?? []
  const isField = name.startsWith('label.') || fieldNames.includes(name)
  if (!isField || !/^(?:$|[!≤≥≠~])/.test(rest)) return undefined
  const example = { risk: 'risk>=80', confidence: 'confidence>0.8', severity: 'severity>=warning' }[name]
  return `${name} needs an operator and a value without spaces, as in ${example ?? `${name}:value`}; quote it to search the word`
}
