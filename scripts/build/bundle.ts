import { build, type BuildOptions, type Metafile, type OutputFile, type Plugin } from 'esbuild'
import { join, relative } from 'node:path'
import { builtins } from './builtins.ts'
import { bundleLibrary } from './bundle-library.ts'
import { outputDirectory, root } from './folders.ts'
import { leaveOut } from './leave-out.ts'
import { thirdPartyLicenses } from './licenses.ts'

export { outputDirectory }

type BuiltFile = Pick<OutputFile, 'path' | 'contents'>

/**
 * Bundles the command line and the library with all that they need, with absolute paths below `dist`. Code splitting keeps each command's
 * imports to itself: `recent` must not load Ink, the journal must not load the AWS SDK. The fast commands are bundled
 * apart, as what they share with the others would be split into dozens of files.
 */
export async function bundle(): Promise<BuiltFile[]> {
  const [fast, all, worker] = await Promise.all([
    build({ ...hashed, entryPoints: ['src/cli/fast.ts'], plugins: [leaveOut, builtins] }),
    build({ ...hashed, entryPoints: ['src/cli/all.ts'], plugins: [leaveOut], banner: { js: requireBanner } }),
    build({
      ...common,
      entryPoints: ['src/server/stores/journal/index/index-worker.ts'],
      entryNames: '[name]',
      plugins: [leaveOut],
      banner: { js: requireBanner },
    }),
  ])
  const cli = await build({
    ...common,
    entryPoints: ['src/cli.ts'],
    plugins: [builtApart({ './cli/fast.ts': entryOf(fast), './cli/all.ts': entryOf(all) })],
  })
  const library = await bundleLibrary()
  const inputs = {
    ...fast.metafile.inputs,
    ...all.metafile.inputs,
    ...worker.metafile.inputs,
    ...library.inputs,
  }
  const licenses = await thirdPartyLicenses(root, Object.keys(inputs))
  return [
    ...fast.outputFiles,
    ...all.outputFiles,
    ...worker.outputFiles,
    ...cli.outputFiles,
    ...library.files,
    { path: join(outputDirectory, 'THIRD-PARTY-LICENSES'), contents: Buffer.from(licenses) },
  ]
}

/** The entry's file, from the output directory. */
function entryOf({ metafile }: { readonly metafile: Metafile }): string {
  for (const [path, { entryPoint }] of Object.entries(metafile.outputs))
    if (/^src\/cli\/(?:fast|all)\.ts$/.test(entryPoint ?? ''))
      return `./${relative(outputDirectory, join(root, path))}`
  throw new Error('the build has no entry')
}

const common = {
  absWorkingDir: root,
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
  logLevel: 'warning',
} as const satisfies BuildOptions

/** Processes that run go on with the files of an earlier build. */
const hashed = { ...common, entryNames: 'chunks/[name]-[hash]' } as const

/** CommonJS packages call `require`. */
const requireBanner =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);"

/** Modules that other builds have made. */
const builtApart = (paths: Readonly<Record<string, string>>): Plugin => ({
  name: 'built-apart',
  setup(build) {
    build.onResolve({ filter: /^\.\/cli\/\w+\.ts$/ }, ({ path }) => {
      const built = paths[path]
      return built === undefined ? undefined : { path: built, external: true }
    })
  },
})
