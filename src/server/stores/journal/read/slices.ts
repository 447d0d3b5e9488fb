/** A scan lets other work in after so many milliseconds. */
const sliceMs = 8

/** Gives a function that is called now and then, and has to be awaited when it gives a promise. */
export function slices(): () => Promise<void> | undefined {
  let since = performance.now()
  return () => {
    if (performance.now() - since < sliceMs) return undefined
    return new Promise<void>((resolve) => {
      setImmediate(() => {
        since = performance.now()
        resolve()
      })
    })
  }
}
