import type { Plugin } from 'esbuild'
import { isBuiltin } from 'node:module'

/**
 * Takes Node's own modules without `import`, which reads every export at once: those of `node:http` load Node's fetch
 * and web streams that way.
 */
export const builtins: Plugin = {
  name: 'builtins',
  setup(build) {
    build.onResolve({ filter: /^[a-z][a-z0-9_:/]*$/ }, ({ path, kind }) =>
      isBuiltin(path)
        ? { path, namespace: kind === 'require-call' ? 'required' : 'imported', sideEffects: false }
        : undefined,
    )
    build.onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}')`,
    }))
    build.onLoad({ filter: /.*/, namespace: 'imported' }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => name !== 'default')
      // What nobody imports is left out.
      const exported = names.map((name) => `export const ${name} = /* @__PURE__ */ (() => all.${name})()`)
      // Commander imports `child_process` and hardly ever uses it, and others take long to load as well.
      const all = `const all = new Proxy({}, { get: (_, name) => process.getBuiltinModule('${path}')[name] })
export default all`
      return { contents: [all, ...exported].join('\n') }
    })
  },
}
