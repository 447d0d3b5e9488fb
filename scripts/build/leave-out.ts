import type { Plugin } from 'esbuild'

/** What others bring along and nobody here needs. */
export const leaveOut: Plugin = {
  name: 'leave-out',
  setup(build) {
    // Messages in some fifty languages; zod's own configuration takes the English ones.
    build.onLoad({ filter: /[/\\]zod[/\\]v4[/\\]locales[/\\]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js'",
    }))
    // Where DEV is set, Ink looks for developer tools that aren't in the package.
    build.onLoad({ filter: /[/\\]ink[/\\]build[/\\]devtools\.js$/ }, () => ({ contents: '' }))
  },
}
