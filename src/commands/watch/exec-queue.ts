import { spawn } from 'node:child_process'
import type { Io } from '../../program/io.ts'
import { encodeInsight, type Insight } from '../../protocol/insight/insight.ts'
import { fieldText } from '../../protocol/insight/unreadable.ts'
import { severityOfInsight } from '../../protocol/severity.ts'

/** So many alerts may wait for a slow command; what comes on top is told and left out. */
const mostWaiting = 10_000

/**
 * Runs one command for each insight, one at a time, in order. The command line is the user's own
 * and stays as it is: an insight reaches it on stdin and in the environment, never as shell text.
 */
export function createExecQueue(command: string, io: Io) {
  const waiting: Insight[] = []
  let left = 0
  let working: Promise<void> | undefined
  const say = (words: string) => io.stderr.write(`iops: --exec ${words}\n`)
  const work = async () => {
    for (let insight = waiting.shift(); insight && !io.signal.aborted; insight = waiting.shift())
      await runOnce(command, insight, io)
    working = undefined
    if (left > 0) say(`has caught up; ${left} alerts were left out`)
    left = 0
  }
  return {
    push(insight: Insight): void {
      if (waiting.length < mostWaiting) waiting.push(insight)
      else if (left++ === 0) say(`is too slow: ${mostWaiting} alerts wait, new ones are left out`)
      working ??= work()
    },
    /** Resolves when the last one has ended. */
    drain: async () => working,
  }
}

function runOnce(command: string, insight: Insight, io: Io): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', command], {
      env: { ...io.env, ...variables(insight) },
      stdio: ['pipe', 'inherit', 'inherit'],
    })
    const told = (words: string) => io.stderr.write(`iops: --exec ${words}\n`)
    child.once('error', (error) => {
      told(`can't be run: ${error.message}`)
      resolve()
    })
    child.once('close', (code, signal) => {
      if (code !== 0) told(`ended with ${signal ?? `exit code ${code}`}`)
      resolve()
    })
    // A command need not read it.
    child.stdin.on('error', () => {})
    child.stdin.end(`${encodeInsight(insight)}\n`)
  })
}

/** `IOPS_URL` stays the server's, so that the command may call `iops ack "$IOPS_ALERT_ID"`. */
function variables(insight: Insight): Record<string, string> {
  const { alert_id, entity_id, prediction_type, explanation } = insight
  const values = {
    IOPS_ALERT_ID: alert_id,
    IOPS_ENTITY_ID: entity_id,
    IOPS_TIMESTAMP: fieldText(insight.timestamp),
    IOPS_PREDICTION_TYPE: prediction_type,
    IOPS_RISK_SCORE: fieldText(insight.risk_score),
    IOPS_SEVERITY: severityOfInsight(insight),
    IOPS_EXPLANATION: explanation,
    IOPS_STATUS: fieldText(insight.status),
    IOPS_ALERT_URL: insight.url ?? '',
  }
  // No variable can hold a NUL.
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.replaceAll('\0', '')]))
}
