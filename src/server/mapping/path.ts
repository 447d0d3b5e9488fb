/** A dotted path as its names; a backslash keeps a dot in a name, and a number is a place in an array. */
export type Path = readonly string[]

export function parsePath(text: string): Path {
  return text.split(/(?<!\\)\./).map((name) => name.replaceAll('\\.', '.'))
}

export const formatPath = (path: Path): string =>
  path.map((name) => name.replaceAll('.', String.raw`\.`)).join('.')

/** What stands at a path; undefined where nothing does. Only what a value has of its own counts. */
export function lookUp(value: unknown, path: Path): unknown {
  let at = value
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined
    at = (at as Record<string, unknown>)[name]
  }
  return at
}
