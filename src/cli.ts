import { commandEntry } from './cli/command-table.ts'
import { version } from './version.ts'

const argv = process.argv.slice(2)
const [first] = argv

if (argv.length === 1 && (first === '--version' || first === '-V')) {
  // Nobody is left who could be told.
  process.stdout.on('error', () => {})
  process.stdout.write(`${version}\n`)
} else {
  const { run } = await (commandEntry(first)?.fast ? import('./cli/fast.ts') : import('./cli/all.ts'))
  // What is still open now, a stdin that was read for keys above all, must not keep the process.
  process.exit(await run(argv))
}
