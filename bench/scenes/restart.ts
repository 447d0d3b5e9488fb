import { fill, median, newDirectory, program, publish, type Scene, verified } from '../measure.ts'
import { type Figures, follow, freePort, startIops } from '../programs.ts'

/** The server is killed while events come, and starts again; a thousand clients come back at once. */
export const restart: Scene = async ({ rounds }) => {
  const runs: Figures[] = []
  for (let round = 0; round < rounds; round++) runs.push(await once())
  const back = Math.min(...runs.map((run) => Number(run.live_again)))
  const times = runs.map((run) => Number(run.from_down_s))
  return [
    {
      what: '1000 clients back after kill -9 and a restart',
      reach: 'all live within 3 s, nothing lost or doubled',
      measured: `${back} live again, the last ${median(times).toFixed(2)} s after the kill (worst ${Math.max(...times).toFixed(2)} s), the server's start included; ${verified(runs)}`,
    },
  ]
}

async function once(): Promise<Figures> {
  const directory = newDirectory('journal')
  const port = await freePort()
  let peer = await startIops(directory, port)
  await fill(port, 20_000)
  const crowd = await follow(program('load'), [
    '--url',
    `127.0.0.1:${port}/stream`,
    '--conns',
    '1000',
    '--verify-id',
    '--json',
    '--drain',
    '20',
  ])
  try {
    for (let n = 0; n < 200; n++) await publish(port, { entity_id: 'bench', risk_score: n % 101 })
    // What is under way when the server dies is on disk or not; whoever is told of it is told once.
    const underWay = Array.from({ length: 20 }, (_, n) =>
      publish(port, { entity_id: 'bench', risk_score: n }).catch(() => undefined),
    )
    await Promise.race(underWay)
    await peer.kill()
    await Promise.all(underWay)
    peer = await startIops(directory, port)
    let last = ''
    for (let n = 0; n < 200; n++)
      last = (await publish(port, { entity_id: 'bench', risk_score: n % 101 }))[0]?.id ?? last
    return await crowd.until(Number(last.split('-')[1]))
  } finally {
    await peer.kill()
  }
}
