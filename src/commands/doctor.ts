import { Command, Option } from 'commander'
import type { Proxy } from '../client/proxy.ts'
import { Failure } from '../program/failure.ts'
import type { Io } from '../program/io.ts'
import { writeOut } from '../program/write-out.ts'
import { sanitize } from '../text/sanitize.ts'
import { checkName } from './doctor/name.ts'
import type { Finding } from './doctor/finding.ts'
import { findGateway, gatewayFinding } from './doctor/gateway.ts'
import { observeStream } from './doctor/observe-stream.ts'
import { streamFindings } from './doctor/stream-findings.ts'
import { checkTls } from './doctor/tls.ts'
import {
  type ConnectionFlags,
  connectionFlags,
  openConnection,
  withConnectionFlags,
} from './shared/connection-flags.ts'
import { withExamples } from './shared/examples.ts'
import { duration } from './shared/flags.ts'

export interface DoctorOptions extends ConnectionFlags {
  /** How long to listen, in milliseconds. */
  readonly wait: number
}

export function doctorCommand(io: Io, run = runDoctor): Command {
  const command = withExamples(new Command(), [
    ['iops doctor', 'the configured server'],
    ['iops doctor https://ops.example/prod/stream', 'a stream behind proxies'],
    ['iops doctor --wait 40s', 'long enough for two beats'],
  ])
    .description(
      `Looks whether a URL is a healthy event stream: proxy, name, TLS, status, headers, first byte,
beats, gateways that buffer, clocks that differ. Exits 1 when something fails.`,
    )
    .argument('[url]', "the same as --url: the server's base URL, or its stream's")
    .addOption(
      new Option('--wait <time>', 'how long to listen for beats at most')
        .argParser(duration)
        .default(20_000, '20s'),
    )
  return withConnectionFlags(command).action(
    (url: string | undefined, flags: ConnectionFlags & { wait: number }) => run(toOptions(url, flags), io),
  )
}

function toOptions(
  url: string | undefined,
  flags: ConnectionFlags & { readonly wait: number },
): DoctorOptions {
  if (url !== undefined && flags.url !== undefined && url !== flags.url)
    throw new Failure('usage', 'give one URL, as the argument or by --url')
  return { ...connectionFlags(flags), ...(url !== undefined && { url }), wait: flags.wait }
}

export async function runDoctor(options: DoctorOptions, io: Io): Promise<void> {
  const { connection, config } = await openConnection({ ...options }, io)
  const url = new URL(connection.streamUrl)
  let failures = 0
  const report = async ({ level, name, message }: Finding) => {
    if (level === 'fail') failures++
    await writeOut(io, `${level.padEnd(4)}  ${name.padEnd(10)}  ${sanitize(message)}\n`)
    return level !== 'fail'
  }
  try {
    const { proxy } = connection
    const message = proxyMessage(url, proxy, io)
    if (message !== undefined) await report({ level: 'ok', name: 'proxy', message })
    // Where a proxy is asked, it looks up the name.
    const isNamed = proxy !== undefined || (await report(await checkName(url)))
    if (isNamed && url.protocol === 'https:') await report(await checkTls(url, config.ca?.value, proxy))
    if (isNamed) {
      const gateway = await findGateway(connection, io)
      const observation = await observeStream(connection, options.wait, io)
      if (gateway.names.length > 0) await report(gatewayFinding(gateway))
      for (const finding of streamFindings(observation, gateway)) await report(finding)
    }
  } finally {
    await connection.close()
  }
  if (failures > 0) throw new Failure('failed', `${url.href} is no healthy event stream`)
}

function proxyMessage(url: URL, proxy: Proxy | undefined, { env }: Io): string | undefined {
  if (proxy) return `${proxy.origin}, as ${proxy.variable} says; NO_PROXY names what goes straight`
  const variable = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  if (!env[variable] && !env[variable.toLowerCase()]) return undefined
  return `none: ${variable} is set, but loopback and what NO_PROXY names go straight`
}
