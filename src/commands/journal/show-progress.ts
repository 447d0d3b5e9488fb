import type { Io } from '../../program/io.ts'

const intervalMs = 1000

/** Says on stderr, once a second, how far the work is; nothing about what takes less. */
export function showProgress(io: Io) {
  let last = io.now()
  return (verb: string) => (done: number, total: number) => {
    const now = io.now()
    if (now - last < intervalMs || done === total) return
    last = now
    const percent = Math.floor((done / total) * 100)
    io.stderr.write(
      `iops: ${verb} ${(done / 1e6).toFixed(0)} of ${(total / 1e6).toFixed(0)} MB, ${percent} %\n`,
    )
  }
}
