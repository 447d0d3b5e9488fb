import { Failure } from '../../program/failure.ts'
import type { Io } from '../../program/io.ts'
import { writeOut } from '../../program/write-out.ts'
import { completeInsight } from '../../server/ingest/complete-insight.ts'
import { leftOver } from '../../server/mapping/left-over.ts'
import { alertsOf, type MappedSource } from '../../server/mapping/mapped-source.ts'
import { readMappings } from '../../server/mapping/read-mappings.ts'
import { HttpFault } from '../../server/fault/http-fault.ts'
import { createSeverityScale } from '../../server/sources/severity-scale.ts'
import { jsonSafe, sanitize } from '../../text/sanitize.ts'
import type { MapTestOptions } from './map-test-options.ts'
import { stdinText } from '../shared/stdin-text.ts'

/** Shows what a source makes of the payload on stdin: the insight of each alert, its faults, and what was left over. */
export async function runMapTest({ file, source: wanted, json }: MapTestOptions, io: Io): Promise<void> {
  const { sources, severityMap } = await readMappings(file)
  const [name, source] = choose(sources, wanted)
  const riskOf = createSeverityScale(severityMap)
  const alerts = await readPayload(source, io)
  const results = alerts.map((alert) => {
    const { inputs, faults, notes } = source.readAlerts([alert], riskOf)
    const [input] = inputs
    const named = input && { ...input, source: name, model_used: name }
    return {
      insight: named && completeInsight(named, undefined, new Date(io.now()).toISOString()),
      faults: faults.map(({ path, message }) => `${path} ${message}`.trim()),
      notes: notes.map((note) => note.replace(/^alert 0: /, '')),
      left_over: leftOver(alert, source.mapping),
    }
  })
  const text = json
    ? JSON.stringify({ source: name, alerts: results })
    : results
        .flatMap(({ insight, faults, notes, left_over }) => [
          ...(insight ? [JSON.stringify(insight, null, 2)] : []),
          ...faults.map((fault) => `refused: ${fault}`),
          ...notes.map((note) => `note: ${note}`),
          left_over.length === 0 ? 'nothing left over' : 'left over:',
          ...left_over.map(({ path, value }) => `  ${path || '(the alert)'} = ${JSON.stringify(value)}`),
        ])
        .map((line) => (line.startsWith('{\n') ? jsonSafe(line) : sanitize(line)))
        .join('\n')
  await writeOut(io, `${json ? jsonSafe(text) : text}\n`)
  const refused = results.filter(({ insight }) => insight === undefined).length
  if (refused > 0) throw new Failure('failed', `${refused} of ${results.length} alerts would be refused`)
}

function choose(
  sources: Readonly<Record<string, MappedSource>>,
  wanted: string | undefined,
): readonly [string, MappedSource] {
  const names = Object.keys(sources)
  const entry = Object.entries(sources).find(([name]) => wanted === undefined || name === wanted)
  if (entry !== undefined && (wanted !== undefined || names.length === 1)) return entry
  const problem = wanted === undefined ? 'the file has several sources' : `the file has no source ${wanted}`
  throw new Failure('usage', `${problem}: ${names.join(', ')}`, { hint: 'name one of them with --source' })
}

async function readPayload({ mapping }: MappedSource, io: Io): Promise<readonly unknown[]> {
  if (io.stdin.isTTY)
    throw new Failure('usage', 'there is no payload', {
      hint: 'pipe it in: iops map test FILE < payload.json',
    })
  let text = ''
  for await (const chunk of stdinText(io)) text += chunk
  try {
    return alertsOf(JSON.parse(text), mapping)
  } catch (error) {
    if (error instanceof HttpFault) throw new Failure('failed', error.message, { cause: error })
    throw new Failure('failed', `the payload is not JSON: ${(error as Error).message}`, { cause: error })
  }
}
