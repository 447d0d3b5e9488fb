/** Watches over a link that should make itself heard. */
export interface SilenceTimer {
  /** Something was heard. */
  touch(): void
  stop(): void
}

/**
 * Calls `onSilence` once nothing was heard for `limit()` milliseconds. While `limit()` is undefined,
 * silence proves nothing.
 */
export function watchSilence(limit: () => number | undefined, onSilence: (ms: number) => void): SilenceTimer {
  let heard = performance.now()
  let timer: NodeJS.Timeout
  const arm = (delay: number) => {
    const due = performance.now() + delay
    timer = setTimeout(() => check(due), delay)
  }
  const check = (due: number) => {
    const now = performance.now()
    const maxSilence = limit()
    const silent = now - heard
    if (maxSilence === undefined) arm(idle)
    else if (silent < maxSilence) arm(maxSilence - silent)
    // This process itself was stopped, or busy: what has come meanwhile gets its turn to be read.
    else if (now - due > late) arm(late)
    else onSilence(silent)
  }
  arm(limit() ?? idle)
  return {
    touch: () => void (heard = performance.now()),
    stop: () => clearTimeout(timer),
  }
}

/** How often a watch without a limit looks whether it has got one, in milliseconds. */
const idle = 1000
/** A timer that comes so much too late tells of this process and not of the link. */
const late = 500
