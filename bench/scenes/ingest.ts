import { alternate, each, figure, newJournal, program, type Scene } from '../measure.ts'
import { load, startBareHono } from '../programs.ts'

/** Durable ingest: one insight a POST against a bare Hono app, and large batches. */
export const ingest: Scene = async ({ rounds, seconds }) => {
  const post =
    (connections: number, items: number) =>
    ({ port }: { port: number }) =>
      load(program('post'), [
        `127.0.0.1:${port}/insights`,
        String(connections),
        String(seconds),
        String(items),
      ])
  const singles = await alternate(rounds, { iops: newJournal, 'bare Hono': startBareHono }, post(64, 1))
  const batches = await alternate(rounds, { iops: newJournal }, post(1, 1000))
  const share = figure(singles.iops, 'per_s') / figure(singles['bare Hono'], 'per_s')
  return [
    {
      what: '64 connections POST single insights',
      reach: '≥ 0.6 × bare Hono',
      measured: `${share.toFixed(2)} × (${each(singles, 'per_s', 0)} per s)`,
    },
    {
      what: 'POST of 1000 insights',
      reach: '≥ 60,000 insights/s',
      measured: `${each(batches, 'items_per_s', 0)} per s`,
    },
  ]
}
