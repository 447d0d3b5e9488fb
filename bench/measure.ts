import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compile, type Figures, type Peer, scratch, startIops } from './programs.ts'

/** One line of the table of results. */
export interface Row {
  readonly what: string
  readonly reach: string
  readonly measured: string
}

/** What a scene measures with. */
export interface Bench {
  /** How often the contenders take turns, and how long each load lasts. */
  readonly rounds: number
  readonly seconds: number
  /** A short look: smaller crowds and logs. */
  readonly quick: boolean
}

/** A scene starts its servers, loads them and gives its rows. */
export type Scene = (bench: Bench) => Promise<Row[]>

const compiled = new Map<string, string>()

/** A program of this folder, built once a run. */
export function program(name: string): string {
  const path = compiled.get(name) ?? compile(name, scratch())
  compiled.set(name, path)
  return path
}

let directories = 0
export const newDirectory = (name: string) => join(scratch(), `${name}-${directories++}`)
export const newJournal = () => startIops(newDirectory('journal'))

/** Every contender once a round, each on a server of its own. */
export async function alternate(
  rounds: number,
  contenders: Readonly<Record<string, () => Promise<Peer>>>,
  measure: (peer: Peer, name: string) => Promise<Figures>,
): Promise<Record<string, Figures[]>> {
  const results: Record<string, Figures[]> = {}
  for (let round = 0; round < rounds; round++)
    for (const [name, start] of Object.entries(contenders)) {
      const peer = await start()
      try {
        ;(results[name] ??= []).push(await measure(peer, name))
      } finally {
        await peer.stop()
      }
    }
  return results
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
export const figure = (runs: readonly Figures[] = [], name: string): number =>
  median(runs.map((run) => Number(run[name])))
export const each = (runs: Record<string, Figures[]>, name: string, digits = 2): string =>
  Object.entries(runs)
    .map(([who, figures]) => `${who} ${figure(figures, name).toFixed(digits)}`)
    .join(', ')
export const verified = (runs: readonly Figures[] = []): string =>
  runs.length > 0 && runs.every((run) => Boolean(run.verified))
    ? 'every event once and in order'
    : 'NOT VERIFIED'

/** Posts insights in batches; the id of the last one. */
export async function fill(port: number, count: number): Promise<string> {
  let id = ''
  for (let from = 0; from < count; from += 1000) {
    const batch = Array.from({ length: Math.min(1000, count - from) }, (_, index) => ({
      entity_id: `customer_${(from + index) % 5000}`,
      risk_score: (from + index) % 101,
      prediction_type: 'churn_risk',
      explanation: 'Activity fell by half against the four weeks before, most of it in the evening hours',
      recommendations: ['Call the account manager', 'Offer a review of the plan'],
      labels: { team: 'payments', region: 'eu-west-1' },
    }))
    id = (await publish(port, batch)).at(-1)?.id ?? id
  }
  return id
}

export async function publish(port: number, body: unknown): Promise<{ readonly id: string }[]> {
  const response = await fetch(`http://127.0.0.1:${port}/insights`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (response.status !== 201) throw new Error(`publishing answered ${response.status}`)
  return ((await response.json()) as { items: { id: string }[] }).items
}

/** Resident memory of a process, in MB. */
export const residentMegabytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) / 1024
