import { build, type OutputFile } from 'esbuild'
import { join } from 'node:path'
import { leaveOut } from './leave-out.ts'
import { thirdPartyLicenses } from './licenses.ts'

const root = join(import.meta.dirname, '../..')
export const outputDirectory = join(root, 'dist')

type BuiltFile = Pick<OutputFile, 'path' | 'contents'>

/**
 * Bundles src/cli.ts and all that it needs, with absolute paths below `dist`. Code splitting keeps each command's
 * imports to itself: `recent` must not load Ink, the journal must not load the AWS SDK.
 */
export async function bundle(): Promise<BuiltFile[]> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [
      { in: 'src/cli.ts', out: 'cli' },
      { in: 'src/server/stores/journal/index/index-worker.ts', out: 'index-worker' },
    ],
    outdir: outputDirectory,
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    format: 'esm',
    // Names stay as they are: a stack trace can be read, and short ones load no faster.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    platform: 'node',
    // The ES modules of packages that have both: the AWS SDK is imported on demand, by name.
    mainFields: ['module', 'main'],
    target: 'node22.19',
    sourcemap: 'linked',
    chunkNames: 'chunks/[name]-[hash]',
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [leaveOut],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  })
  const licenses = await thirdPartyLicenses(root, Object.keys(metafile.inputs))
  return [
    ...outputFiles,
    { path: join(outputDirectory, 'THIRD-PARTY-LICENSES'), contents: Buffer.from(licenses) },
  ]
}
