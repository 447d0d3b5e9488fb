/** A part of something longer. `more` counts the lines below, and the one that says so stands for the last. */
export interface Scrolled<T> {
  readonly lines: readonly T[]
  readonly more: number
  readonly scroll: number
}

/** As many lines as fit, and from which one on: no further down than there is something to show. */
export function scrolled<T>(all: readonly T[], scroll: number, height: number): Scrolled<T> {
  const first = Math.min(scroll, Math.max(0, all.length - height))
  const lines = all.slice(first, first + height)
  const below = all.length - first - lines.length
  return below === 0
    ? { lines, more: 0, scroll: first }
    : { lines: lines.slice(0, -1), more: below + 1, scroll: first }
}
