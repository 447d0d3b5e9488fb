import { createApi } from '../../src/client/api/api.ts'
import { createConnection } from '../../src/client/connection.ts'
import { createFeed } from '../../src/client/feed/feed.ts'
import { createIo } from '../../src/program/io.ts'
import { runDashboard } from '../../src/ui/run-dashboard.tsx'

/** A dashboard in which an error goes uncaught at the key `b`. */
const connection = createConnection({ url: process.argv[2] ?? '' })
const io = createIo(process)
io.stdin.on('data', (chunk: string | Buffer) => {
  // The terminal's answers may come in the same piece.
  if (!String(chunk).includes('b')) return
  setTimeout(() => {
    throw new Error('nobody catches this')
  }, 0)
})
await runDashboard(
  {
    feed: createFeed({ connection }),
    api: createApi(connection),
    url: connection.baseUrl,
    user: 'kim',
    color: 1,
    ascii: false,
    screenReader: false,
  },
  io,
)
