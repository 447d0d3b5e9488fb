import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly hasInstallScript?: boolean; readonly optional?: boolean }>
  >
}

/**
 * Older versions of npm know no `allowScripts`, and run what the lock file says has a script. That of aws-lambda-ric
 * builds curl and ends the installation where there is no cmake; `npm install` writes it back into the lock file.
 */
test('npm ci of any version builds nothing from source', () => {
  const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as Lock
  const withScripts = Object.entries(lock.packages)
    .filter(([, { hasInstallScript, optional }]) => hasInstallScript && !optional)
    .map(([path]) => path.replace('node_modules/', ''))
  expect(withScripts.toSorted()).toEqual(['classic-level', 'esbuild', 'node'])
})
