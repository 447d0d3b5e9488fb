import type { Insight } from '../../../../protocol/insight/insight.ts'
import { parseInsight } from '../../../../protocol/insight/read.ts'
import type { AlertTable } from '../index/alert-table.ts'
import { factsOf, idText, type ScannedFacts, scanFacts } from '../format/facts.ts'
import { type Damage, type ScannedLine, scanSegment } from '../format/scan.ts'
import type { Segment } from '../index/segment.ts'

/** Reads a segment from disk into its index and the table; stops at the first damage. */
export function loadSegment(segment: Segment, groupedFrom: number, table: AlertTable): Damage | undefined {
  const facts: ScannedFacts = { time: 0, risk: 0, type: '', status: 0, idStart: 0, idEnd: 0 }
  const damage = scanSegment(segment, groupedFrom, (line) => {
    const { text, bytes, insightStart, insightEnd, sequence } = line
    let slot: number
    if (scanFacts(text, insightStart, insightEnd, facts)) {
      facts.type = typeName(facts.type)
      slot = table.put(sequence, facts, bytes, facts.idStart, facts.idEnd)
    } else {
      const insight = parse(line)
      if (insight === undefined) return 'holds no insight'
      const id = Buffer.from(idText(insight.alert_id))
      slot = table.put(sequence, factsOf(insight), id, 0, id.length)
    }
    segment.add(line.length, slot, sequence)
    return undefined
  })
  if (damage === undefined) segment.noteArrivals()
  return damage
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
