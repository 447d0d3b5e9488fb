/** A timer that comes so much too late tells of this process and not of the server, in milliseconds. */
const late = 500

/**
 * Calls back once an answer is overdue. Where this process itself was stopped, what has come meanwhile gets its turn to
 * be read first. Returns the function that stops it.
 */
export function startAnswerTimer(after: number, onOverdue: () => void): () => void {
  let timer: ReturnType<typeof setTimeout>
  const arm = (delay: number) => {
    const due = performance.now() + delay
    timer = setTimeout(() => {
      if (performance.now() - due > late) arm(after)
      else onOverdue()
    }, delay)
  }
  arm(after)
  return () => clearTimeout(timer)
}
