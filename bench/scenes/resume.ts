import { fill, median, newJournal, program, type Scene, verified } from '../measure.ts'
import { type Figures, load } from '../programs.ts'

/** One client comes back far behind: from its first byte sent to the last event it missed. */
export const resume: Scene = async ({ rounds, quick }) => {
  const behind = quick ? 20_000 : 100_000
  const peer = await newJournal()
  const runs: Figures[] = []
  try {
    const epoch = (await fill(peer.port, behind)).split('-')[0]
    for (let round = 0; round < Math.max(rounds, 3); round++)
      runs.push(
        await load(program('load'), [
          '--url',
          `127.0.0.1:${peer.port}/stream`,
          '--conns',
          '1',
          '--header',
          `Last-Event-ID: ${epoch}-0`,
          '--events',
          String(behind),
          '--verify-id',
          '--from',
          '0',
          '--settle-ms',
          '0',
          '--duration',
          '30',
          '--json',
          '--pid',
          String(peer.pid),
        ]),
      )
  } finally {
    await peer.stop()
  }
  const rate = median(runs.map((run) => behind / Number(run['from_connect_s'])))
  return [
    {
      what: `Resume, ${behind} events behind`,
      reach: '≥ 250,000 events/s',
      measured: `${rate.toFixed(0)} per s; ${verified(runs)}`,
    },
  ]
}
