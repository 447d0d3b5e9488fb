/**
 * Delays every byte between a client and a DynamoDB by half a round trip each way, and counts requests.
 * Arguments: target port, round trip in ms. Prints its port; then, for every line on stdin, the count.
 */
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

const [target = 0, roundTripMs = 40] = process.argv.slice(2).map(Number)
const start = Buffer.from('POST / HTTP/1.1')
let requests = 0

function relay(from: Socket, to: Socket): void {
  from.on('data', (bytes: Buffer) => setTimeout(() => to.write(bytes), roundTripMs / 2))
  from.on('close', () => setTimeout(() => to.destroy(), roundTripMs / 2))
  from.on('error', () => to.destroy())
}

const server = createServer({ noDelay: true }, (client) => {
  const upstream = createConnection({ port: target, host: '127.0.0.1', noDelay: true })
  client.on('data', (bytes: Buffer) => {
    for (let at = bytes.indexOf(start); at >= 0; at = bytes.indexOf(start, at + 1)) requests++
  })
  relay(client, upstream)
  relay(upstream, client)
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
createInterface(process.stdin).on('line', () => process.stdout.write(`${requests}\n`))
