// Bundles src/cli.ts into dist/. Code splitting keeps each command's imports to itself:
// `recent` must not load Ink, the journal must not load the AWS SDK.
import { rm } from 'node:fs/promises'
import { build } from 'esbuild'

await rm(new URL('dist', import.meta.url), { recursive: true, force: true })
await build({
  entryPoints: ['src/cli.ts'],
  outdir: 'dist',
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
  external: ['@aws-sdk/*', 'prom-client', 'react-devtools-core'],
  define: { 'process.env.NODE_ENV': '"production"' },
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
})
