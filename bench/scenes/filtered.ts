import { alternate, each, figure, newJournal, program, type Scene, verified } from '../measure.ts'
import { load } from '../programs.ts'

/**
 * The same deliveries, with and without filters: everyone gets 100 events a second, either all that
 * there are, or the tenth that one of ten filters lets through.
 */
export const filtered: Scene = async ({ rounds, seconds }) => {
  const runs = await alternate(
    rounds,
    { unfiltered: newJournal, 'ten filters': newJournal },
    ({ port, pid }, name) => {
      const pace = name === 'unfiltered' ? ['--rate', '100'] : ['--rate', '1000', '--lanes', '10']
      const where = ['--url', `127.0.0.1:${port}/stream`, '--conns', '1000', '--pub-path', '/insights']
      const rest = ['--seconds', String(seconds), '--insight', '--verify', '--json', '--pid', String(pid)]
      return load(program('load'), [...where, ...pace, ...rest])
    },
  )
  const ratio = figure(runs['ten filters'], 'cpu_per_M') / figure(runs.unfiltered, 'cpu_per_M')
  return [
    {
      what: '1000 × 100/s over 10 filters, CPU per delivery',
      reach: '≤ 1.3 × unfiltered',
      measured: `${ratio.toFixed(2)} × (${each(runs, 'cpu_per_M')} s per million, the posts of ten times as many events included); ${verified(runs['ten filters'])}`,
    },
  ]
}
