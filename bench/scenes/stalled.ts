import { alternate, each, figure, median, newJournal, program, type Scene, verified } from '../measure.ts'
import { type Figures, load } from '../programs.ts'

/** Half of the readers never read, while 4 kB events come as fast as they are accepted. */
export const stalled: Scene = async ({ rounds, seconds }) => {
  const runs = await alternate(
    rounds,
    { alone: newJournal, 'with stalled': newJournal },
    ({ port, pid }, name) => {
      const crowd = name === 'alone' ? ['--conns', '50'] : ['--conns', '100', '--stall', '50', '--recover']
      const pace = ['--rate', '0', '--seconds', String(seconds), '--payload', '4096', '--insight', '--verify']
      const where = ['--url', `127.0.0.1:${port}/stream`, '--pub-path', '/insights', '--pid', String(pid)]
      return load(program('load'), [...crowd, ...pace, ...where, '--json'])
    },
  )
  const half = runs['with stalled'] ?? []
  const growth = (name: string) => median(half.map((run) => megabytes(run, name))).toFixed(0)
  const alone = median((runs.alone ?? []).map((run) => megabytes(run, 'rss2_kb'))).toFixed(0)
  const least = (name: string) => Math.min(...half.map((run) => Number(run[name])))
  return [
    {
      what: '50 of 100 never read, 4 kB events at full speed, RSS',
      reach: 'grows by ≤ 40 MB',
      measured: `${growth('rss_peak_kb')} MB over that before the first event at its peak (without the stalled ${alone}), ${growth('rss_recovery_kb')} while they all resume at once`,
    },
    {
      what: '50 of 100 never read, p99 of the others',
      reach: '≤ 1.5 × without them',
      measured: `${(figure(half, 'p99_ms') / figure(runs.alone, 'p99_ms')).toFixed(2)} × (${each(runs, 'p99_ms')} ms, ${each(runs, 'per_s', 0)} per s)`,
    },
    {
      what: '50 of 100 never read, cut off and back',
      reach: 'all of them, nothing lost or doubled',
      measured: `${least('stalled_cut')} cut off, ${least('recovered')} back with everything; ${verified(half)}`,
    },
  ]
}

/** How far memory rose over what it was when all were connected. */
const megabytes = (run: Figures, name: string) => (Number(run[name]) - Number(run['rss1_kb'])) / 1024
