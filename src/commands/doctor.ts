import { Command } from 'commander'
import { Failure } from '../program/failure.ts'
import type { Io } from '../program/io.ts'
import { sanitize } from '../text/sanitize.ts'
import { type ConnectionFlags, openConnection, withConnectionFlags } from './shared/connection-flags.ts'
import { checkName, checkTls } from './doctor/network.ts'
import { checkStream } from './doctor/stream.ts'
import { withExamples } from './shared/examples.ts'
import { duration } from './shared/flags.ts'

/** One thing looked at, and what was found, in words. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail'
  readonly name: string
  readonly words: string
}

interface Options extends ConnectionFlags {
  readonly wait: number
}

export function doctorCommand(io: Io): Command {
  const command = withExamples(new Command(), [
    ['iops doctor', 'the configured server'],
    ['iops doctor --url https://ops.example/prod/stream', 'a stream behind proxies'],
    ['iops doctor --wait 40s', 'long enough for two beats'],
  ])
    .description(
      'Looks whether a URL is a healthy event stream: name, TLS, status, headers, first byte, beats,\nproxies that buffer, clocks that differ. Exits 1 when something fails.',
    )
    .option('--wait <time>', 'how long to listen for beats at most', duration, 20_000)
  return withConnectionFlags(command).action((options: Options) => doctor(options, io))
}

async function doctor(options: Options, io: Io): Promise<void> {
  const { connection } = await openConnection({ ...options }, io)
  const url = new URL(connection.streamUrl)
  let failed = 0
  const tell = ({ level, name, words }: Finding) => {
    if (level === 'fail') failed++
    io.stdout.write(`${level.padEnd(4)}  ${name.padEnd(10)}  ${sanitize(words)}\n`)
  }
  try {
    const named = await checkName(url)
    tell(named)
    if (named.level !== 'fail' && url.protocol === 'https:') tell(await checkTls(url, options.ca))
    if (named.level !== 'fail')
      for await (const finding of checkStream(connection, options.wait, io)) tell(finding)
  } finally {
    await connection.close()
  }
  if (failed > 0) throw new Failure('failed', `${url.href} is no healthy event stream`)
}
