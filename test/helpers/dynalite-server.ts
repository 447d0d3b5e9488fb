/**
 * Dynalite, for a test. It compares lists and maps by reference, so that no condition on one ever
 * holds; DynamoDB compares their contents. Mended here as it is loaded.
 */
import { createRequire, registerHooks } from 'node:module'

const byReference = 'return val1 == val2'
const someByReference = '~val2.indexOf(val)'

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (!url.endsWith('/dynalite/db/index.js')) return loaded
    const source = Buffer.from(loaded.source as Uint8Array | string).toString()
    if (!source.includes(byReference) || !source.includes(someByReference))
      throw new Error('dynalite compares otherwise than expected')
    return {
      ...loaded,
      source: source
        .replace(byReference, 'return JSON.stringify(val1) == JSON.stringify(val2)')
        .replace(someByReference, 'val2.some((other) => JSON.stringify(other) == JSON.stringify(val))'),
    }
  },
})

interface Dynalite {
  listen(port: number, host: string): void
}
const dynalite = createRequire(import.meta.url)('dynalite') as (options: {
  createTableMs: number
}) => Dynalite
dynalite({ createTableMs: 0 }).listen(Number(process.argv[2]), '127.0.0.1')
