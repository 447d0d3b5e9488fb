/** Asks for an act; many askings become few acts. */
export interface Paced {
  (): void
  cancel(): void
}

/**
 * The first asking acts at once, and those that come within `pace` milliseconds of it act once more at
 * their end. An act that takes longer is waited for, so that two never overlap and the last asking is
 * always answered by an act that began after it.
 */
export function paced(pace: number, act: () => unknown): Paced {
  let timer: NodeJS.Timeout | undefined
  let busy = false
  let asked = false
  let cancelled = false
  const settle = () => {
    busy = false
    if (asked && timer === undefined) run()
  }
  const run = () => {
    if (cancelled) return
    asked = false
    busy = true
    timer = setTimeout(() => {
      timer = undefined
      if (asked && !busy) run()
    }, pace)
    Promise.resolve(act()).then(settle, settle)
  }
  const ask = () => {
    asked = true
    if (!busy && timer === undefined) run()
  }
  return Object.assign(ask, {
    cancel() {
      cancelled = true
      clearTimeout(timer)
    },
  })
}
