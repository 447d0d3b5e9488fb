// Builds dist-lambda/iops-lambda.zip: what to upload as the code of the functions in deploy/template.yaml.
import { createHash } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { bundleLambda } from './bundle-lambda.ts'
import { zip } from './zip.ts'

const directory = join(import.meta.dirname, '../../dist-lambda')
const { files } = await bundleLambda()
const archive = zip(files)
await rm(directory, { recursive: true, force: true })
await mkdir(join(directory, 'code'), { recursive: true })
for (const [name, contents] of Object.entries(files)) await writeFile(join(directory, 'code', name), contents)
await writeFile(join(directory, 'iops-lambda.zip'), archive)
const digest = createHash('sha256').update(archive).digest('base64')
process.stdout.write(`dist-lambda/iops-lambda.zip: ${archive.length} bytes, sha256 ${digest}\n`)
