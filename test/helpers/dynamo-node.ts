/** One server over a DynamoDB store, as a process of its own: `node dynamo-node.ts ADDRESS`. */
import { createLog } from '../../src/server/log.ts'
import { startServer } from '../../src/server/node.ts'
import { openDynamo } from '../../src/server/stores/dynamo/dynamo.ts'

const log = createLog(process.stderr)
const store = await openDynamo(process.argv[2] ?? '', { log })
const { url } = await startServer({ store, log })
log('info', `listening on ${url}`)
