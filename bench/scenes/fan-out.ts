import {
  each,
  figure,
  newDirectory,
  newJournal,
  program,
  type Scene,
  verified,
  alternate,
} from '../measure.ts'
import { type Figures, hasNchan, load, type Peer, startFloor, startNchan } from '../programs.ts'

/** The live path, against nchan and the floor. */
export const fanOut: Scene = async ({ rounds, seconds, quick }) => {
  const many = quick ? 2000 : 10_000
  const contenders = {
    iops: newJournal,
    ...(hasNchan() && { nchan: () => startNchan(newDirectory('nchan')) }),
    floor: () => startFloor(program('floor')),
  }
  const crowd = (connections: number, seconds: number) =>
    alternate(rounds, contenders, ({ port, pid }: Peer, name) => {
      const where = ['--url', `127.0.0.1:${port}/stream`, '--conns', String(connections)]
      const pace = ['--rate', '100', '--seconds', String(seconds), '--verify', '--json', '--pid', String(pid)]
      const path = name === 'iops' ? ['--pub-path', '/insights', '--insight'] : ['--pub-path', '/publish']
      return load(program('load'), [...where, ...pace, ...path])
    })
  const thousand = await crowd(1000, seconds)
  const masses = await crowd(many, quick ? seconds : 10)
  return [
    {
      what: '1000 × 100/s, CPU per delivery',
      reach: '≤ 0.85 × nchan',
      measured: `${ratio(thousand, 'cpu_per_M')} × (${each(thousand, 'cpu_per_M')} s per million); ${verified(thousand.iops)}`,
    },
    {
      what: '1000 × 100/s, p50 from POST to receipt',
      reach: '≤ 1.5 × nchan',
      measured: `${ratio(thousand, 'p50_ms')} × (${each(thousand, 'p50_ms')} ms)`,
    },
    {
      what: `${many} × 100/s, deliveries/s`,
      reach: '≥ 6 × nchan',
      measured: `${ratio(masses, 'per_s')} × (${each(masses, 'per_s', 0)}); ${verified(masses.iops)}`,
    },
    { what: `${many} × 100/s, p99`, reach: '< 400 ms', measured: `${each(masses, 'p99_ms', 0)} ms` },
    { what: 'RSS per idle connection', reach: '< nchan', measured: `${each(masses, 'kb_per_conn')} kB` },
  ]
}

const ratio = (runs: Record<string, Figures[]>, name: string) =>
  runs.nchan ? (figure(runs.iops, name) / figure(runs.nchan, name)).toFixed(2) : 'nchan is not installed'
