// The entry of the single executable. The files of `dist` are its assets, and imported under addresses below its own
// path: each when it is needed, as from a disk.
import { createRequire, registerHooks } from 'node:module'
import { getRawAsset } from 'node:sea'
import { pathToFileURL } from 'node:url'

const root = `${pathToFileURL(process.execPath).href}/`
const isOurs = (url: string | undefined) => url?.startsWith(root) === true
const module = { format: 'module', shortCircuit: true } as const

registerHooks({
  resolve(specifier, context, next) {
    if (isOurs(specifier)) return { ...module, url: specifier }
    if (specifier.startsWith('.') && isOurs(context.parentURL))
      return { ...module, url: new URL(specifier, context.parentURL).href }
    return next(specifier, context)
  },
  load(url, context, next) {
    if (!isOurs(url)) return next(url, context)
    // A bundle is ASCII.
    return { ...module, source: Buffer.from(getRawAsset(url.slice(root.length))).toString('latin1') }
  },
})

// The `import` of this very file knows Node's own modules only, and `require` takes no module that awaits at its top.
const { load } = createRequire(root)(`${root}load.js`) as { load: (url: string) => Promise<unknown> }
await load(`${root}cli.js`)
