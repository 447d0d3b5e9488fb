import { join } from 'node:path'
import { build, type BuildOptions, type Metafile, type OutputFile } from 'esbuild'
import { declarations } from './declarations.ts'
import { outputDirectory, root } from './folders.ts'
import { leaveOut } from './leave-out.ts'

interface Library {
  readonly files: Pick<OutputFile, 'path' | 'contents'>[]
  readonly inputs: Metafile['inputs']
}

/** Bundles the library's entries, with their types. Those for browsers hold no module of Node's; React is the user's own. */
export async function bundleLibrary(): Promise<Library> {
  const [pages, node] = await Promise.all([
    build({
      ...common,
      entryPoints: { client: 'src/library/client.ts', react: 'src/library/react.ts' },
      platform: 'browser',
      target: 'es2023',
      external: ['react', '@tanstack/react-query'],
    }),
    build({
      ...common,
      entryPoints: { node: 'src/library/node.ts' },
      platform: 'node',
      mainFields: ['module', 'main'],
      target: 'node22.19',
      banner: {
        js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
      },
    }),
  ])
  const entries = ['client', 'react', 'node'].map((name) => `library/${name}.d.ts`)
  const types = declarations(root, entries, join(outputDirectory, 'types'))
  return {
    files: [...pages.outputFiles, ...node.outputFiles, ...types],
    inputs: { ...pages.metafile.inputs, ...node.metafile.inputs },
  }
}

const common = {
  absWorkingDir: root,
  outdir: outputDirectory,
  write: false,
  metafile: true,
  bundle: true,
  splitting: true,
  format: 'esm',
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  sourcemap: 'linked',
  chunkNames: 'chunks/[name]-[hash]',
  define: { 'process.env.NODE_ENV': '"production"' },
  plugins: [leaveOut],
  logLevel: 'warning',
} as const satisfies BuildOptions
