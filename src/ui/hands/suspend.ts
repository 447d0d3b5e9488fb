import { readFileSync } from 'node:fs'

/**
 * Stops this process as ^Z does outside raw mode, and returns after it was continued. A process
 * that leads its group stops itself; another one (below npx, say) stops the whole group, so that
 * the shell notices.
 */
export function stopProcess(process: Pick<NodeJS.Process, 'pid' | 'kill'>): void {
  if (leadsGroup(process.pid)) process.kill(process.pid, 'SIGSTOP')
  else process.kill(0, 'SIGTSTP')
}

/** Where /proc does not tell, a process is taken for its group's leader. */
function leadsGroup(pid: number): boolean {
  try {
    const [, , group] = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? []
    return group === undefined || Number(group) === pid
  } catch {
    return true
  }
}
