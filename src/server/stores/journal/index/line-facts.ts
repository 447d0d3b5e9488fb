import type { Insight } from '../../../../protocol/insight/insight.ts'
import { parseInsight } from '../../../../protocol/insight/read.ts'
import { type Facts, factsOf, type ScannedFacts, scanFacts } from '../format/facts.ts'
import type { ScannedLine } from '../format/scan.ts'

const facts: ScannedFacts = { time: 0, risk: 0, type: '', status: 0, idStart: 0, idEnd: 0 }
const backslash = 0x5c

/** What the index keeps of a line; the object is used again for the next. Undefined when it holds no insight. */
export function readFacts(line: ScannedLine): { readonly id: string; readonly facts: Facts } | undefined {
  const { text, bytes, insightStart, insightEnd } = line
  if (scanFacts(text, insightStart, insightEnd, facts)) {
    facts.type = typeName(facts.type)
    const { idStart, idEnd } = facts
    const raw = bytes.toString('utf8', idStart, idEnd)
    const isPlain = !bytes.subarray(idStart, idEnd).includes(backslash)
    return { id: isPlain ? raw : (JSON.parse(`"${raw}"`) as string), facts }
  }
  const insight = parse(line)
  return insight && { id: insight.alert_id, facts: factsOf(insight) }
}

/** For a text that is not canonical, as a later version may write it. */
function parse({ bytes, insightStart, insightEnd }: ScannedLine): Insight | undefined {
  try {
    return parseInsight(bytes.toString('utf8', insightStart, insightEnd))
  } catch {
    return undefined
  }
}

const names = new Map<string, string>()

/** A type's name from its JSON text as Latin-1; there are few, so most were seen before. */
function typeName(raw: string): string {
  let name = names.get(raw)
  if (name === undefined) {
    name = JSON.parse(`"${Buffer.from(raw, 'latin1').toString('utf8')}"`) as string
    if (names.size > 10_000) names.clear()
    names.set(Buffer.from(raw).toString(), name)
  }
  return name
}
