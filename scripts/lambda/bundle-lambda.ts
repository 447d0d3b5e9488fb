import { build } from 'esbuild'
import { join } from 'node:path'
import { leaveOut } from '../build/leave-out.ts'
import { thirdPartyLicenses } from '../build/licenses.ts'

const root = join(import.meta.dirname, '../..')

interface LambdaBundle {
  /** What goes into the zip, by name. */
  readonly files: Readonly<Record<string, Uint8Array>>
  /** Source files that it is made of, as paths in the project. */
  readonly inputs: readonly string[]
}

/**
 * Bundles src/server/lambda.ts into `index.mjs`. The AWS SDK is part of it, although the runtime brings one: this
 * is the version that the tests ran with, and it changes when we change it, not when the runtime is updated.
 */
export async function bundleLambda(): Promise<LambdaBundle> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['src/server/lambda.ts'],
    outfile: join(root, 'dist-lambda/index.mjs'),
    write: false,
    metafile: true,
    bundle: true,
    format: 'esm',
    // Names stay as they are: a stack trace can be read.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    platform: 'node',
    mainFields: ['module', 'main'],
    target: 'node22.19',
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [leaveOut],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  })
  const inputs = Object.keys(metafile.inputs).sort()
  const [index] = outputFiles
  if (!index) throw new Error('esbuild made no file')
  const licenses = Buffer.from(await thirdPartyLicenses(root, inputs))
  return { files: { 'index.mjs': index.contents, 'THIRD-PARTY-LICENSES': licenses }, inputs }
}
