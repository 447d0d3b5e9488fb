// Bundles src/cli.ts into dist/. Code splitting keeps each command's imports to itself:
// `recent` must not load Ink, the journal must not load the AWS SDK.
import { build } from 'esbuild'
import { publishFiles } from './scripts/publish-files.ts'

const { outputFiles } = await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ['src/cli.ts'],
  outdir: 'dist',
  write: false,
  bundle: true,
  splitting: true,
  format: 'esm',
  // Names stay as they are: kept apart from the code, they would cost a call for every function made.
  minifyWhitespace: true,
  minifySyntax: true,
  platform: 'node',
  target: 'node22.19',
  sourcemap: 'linked',
  chunkNames: 'chunks/[name]-[hash]',
  external: ['@aws-sdk/*', '@prometheus-io/client', 'react-devtools-core'],
  define: { 'process.env.NODE_ENV': '"production"' },
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
})
await publishFiles(`${import.meta.dirname}/dist`, outputFiles)
