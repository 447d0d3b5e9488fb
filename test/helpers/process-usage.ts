import { readFileSync } from 'node:fs'

const ticksPerSecond = 100

/** Processor time that a process has used so far, in seconds, and its resident memory in MB. Linux. */
export function processUsage(pid: number): { readonly seconds: number; readonly megabytes: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ') ?? []
  const resident = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]
  return {
    seconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
    megabytes: Number(resident) / 1024,
  }
}
