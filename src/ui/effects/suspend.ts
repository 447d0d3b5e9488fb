import { readFileSync } from 'node:fs'

type Self = Pick<NodeJS.Process, 'pid' | 'kill'>

/**
 * Stops this process as ^Z does outside raw mode, and returns after it was continued. A process
 * that leads its group stops itself; another one (below npx, say) stops the whole group, so that
 * the shell notices. Where there is no shell that could continue it, the system lets it run on.
 */
export function stopProcess(process: Self): void {
  process.kill(leadsGroup(process.pid) ? process.pid : 0, 'SIGTSTP')
}

/** A window that was resized told the program that had it meanwhile: this one has to look for itself. */
export const lookAtSize = (process: Self): void => void process.kill(process.pid, 'SIGWINCH')

/** Where /proc does not tell, a process is taken for its group's leader. */
function leadsGroup(pid: number): boolean {
  try {
    const [, , group] = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? []
    return group === undefined || Number(group) === pid
  } catch {
    return true
  }
}
