// npm run build:binary -- [--platform linux-arm64] [--out PATH]
import { stat } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { buildExecutable } from './executable.ts'
import { isPlatform, platforms } from './node-runtime.ts'

const root = join(import.meta.dirname, '../..')
const { values } = parseArgs({
  options: {
    platform: { type: 'string', default: `${process.platform}-${process.arch}` },
    out: { type: 'string' },
  },
})
const { platform } = values
if (!isPlatform(platform))
  throw new Error(`there is no binary for ${platform}, only for ${platforms.join(', ')}`)
const path = resolve(values.out ?? join(root, 'release', platform, 'iops'))
await buildExecutable(root, platform, path)
const { size } = await stat(path)
process.stdout.write(`${relative(process.cwd(), path)}: ${(size / 1e6).toFixed(1)} MB\n`)
