import { counted, longAge, wholeNumber } from '../../text/format.ts'

interface Watched {
  readonly forMs: number
  readonly seen: number
  readonly critical: number
  /** Times the link was cut, and times that alerts may be missing. */
  readonly cuts: number
  readonly gaps: number
  /** Alerts that were read over REST because of a gap. */
  readonly recovered?: number
  /** The command that goes on from here; undefined when the server gives no positions. */
  readonly resume: string | undefined
}

/** The one line that stays on the primary screen. */
export function summaryLine({ forMs, seen, critical, cuts, gaps, recovered = 0, resume }: Watched): string {
  const words = [
    `watched ${longAge(forMs)}`,
    `${counted(seen, 'alert')} seen`,
    `${wholeNumber(critical)} critical`,
  ]
  if (recovered > 0) words.push(`${counted(recovered, 'alert')} recovered`)
  words.push(gaps > 0 ? counted(gaps, 'gap') : cuts > 0 ? `no gaps in ${counted(cuts, 'cut')}` : 'no gaps')
  return `iops: ${words.join(', ')}${resume === undefined ? '' : `; go on with: ${resume}`}`
}
