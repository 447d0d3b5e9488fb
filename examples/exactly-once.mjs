// Each critical alert has its effect exactly once, however often this process is killed: the feed brings what was not
// handled again, and the sink takes each version once.
//
//   node examples/exactly-once.mjs http://127.0.0.1:4677 effects.sqlite
import { DatabaseSync } from 'node:sqlite'
import { openFeed } from 'iops/node'

const [url = 'http://127.0.0.1:4677', file = 'effects.sqlite'] = process.argv.slice(2)
const sink = new DatabaseSync(file)
sink.exec('CREATE TABLE IF NOT EXISTS effects (version TEXT PRIMARY KEY, alert_id TEXT)')
const insert = sink.prepare('INSERT OR IGNORE INTO effects VALUES (?, ?)')

const feed = await openFeed({ url, filter: 'severity:critical', position: 'exactly-once' })
process.once('SIGTERM', () => feed.close())
try {
  for await (const { insight } of feed) {
    const { alert_id, timestamp, status, risk_score } = insight
    // The effect and the note that it was done are one write: that is what makes it exactly once.
    const { changes } = insert.run(JSON.stringify([alert_id, timestamp, status, risk_score]), alert_id)
    process.stdout.write(`${changes === 1 ? 'done' : 'known'} ${alert_id}\n`)
  }
} finally {
  await feed.end()
}
