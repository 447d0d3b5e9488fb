const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** A span of time in at most four columns: `8s`, `12m`, `3h`, `14d`, `2y`. Below zero is `0s`. */
export function shortAge(milliseconds: number): string {
  const ms = Math.max(0, milliseconds)
  if (ms < minute) return `${Math.floor(ms / second)}s`
  if (ms < hour) return `${Math.floor(ms / minute)}m`
  if (ms < 2 * day) return `${Math.floor(ms / hour)}h`
  if (ms < 730 * day) return `${Math.floor(ms / day)}d`
  return `${Math.min(999, Math.floor(ms / (365 * day)))}y`
}

/** Clocks that are set by a network differ by less. */
const noticeable = minute

/** The age of what has the time of somebody's clock, in at most four columns: `12m`, or `+12m` where it is still to come. */
export function ageText(milliseconds: number): string {
  if (milliseconds > -noticeable) return shortAge(milliseconds)
  return -milliseconds < 100 * day ? `+${shortAge(-milliseconds)}` : '>99d'
}

/** The same in words: `12 min ago`, `12 min ahead`. */
export const agoText = (milliseconds: number): string =>
  milliseconds <= -noticeable ? `${longAge(-milliseconds)} ahead` : `${longAge(milliseconds)} ago`

/** A span of time in words, in two units at most: `41 s`, `3 h 12 min`, `2 d 4 h`. */
export function longAge(milliseconds: number): string {
  const ms = Math.max(0, milliseconds)
  if (ms < minute) return `${Math.floor(ms / second)} s`
  if (ms < hour) return `${Math.floor(ms / minute)} min`
  if (ms < 2 * day) return two(ms, hour, 'h', minute, 'min')
  return two(ms, day, 'd', hour, 'h')
}

function two(ms: number, big: number, bigName: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % big) / small)
  return `${Math.floor(ms / big)} ${bigName}${rest > 0 ? ` ${rest} ${smallName}` : ''}`
}

/** `0.4s`, `12s`, `3m`. */
export function lagText(milliseconds: number): string {
  const ms = Math.max(0, milliseconds)
  return ms < 10 * second ? `${(ms / second).toFixed(1)}s` : shortAge(ms)
}

const two0 = (value: number) => String(value).padStart(2, '0')

const isTime = (time: number) => Math.abs(time) <= 8.64e15
const noTime = 'no time'

/** A time as the clock on the wall has it, in the local zone or UTC. */
function onTheWall(time: number, utc: boolean) {
  const date = new Date(time)
  const [year, month, day, hours, minutes, seconds] = utc
    ? [
        date.getUTCFullYear(),
        date.getUTCMonth(),
        date.getUTCDate(),
        date.getUTCHours(),
        date.getUTCMinutes(),
        date.getUTCSeconds(),
      ]
    : [
        date.getFullYear(),
        date.getMonth(),
        date.getDate(),
        date.getHours(),
        date.getMinutes(),
        date.getSeconds(),
      ]
  return {
    year: String(year).padStart(4, '0'),
    monthDay: `${two0(month + 1)}-${two0(day)}`,
    minutes: `${two0(hours)}:${two0(minutes)}`,
    seconds: two0(seconds),
  }
}

/** `14:21:40` on the day of `now`; on another one with its date, `11-22 14:21:40`, and in another year with the year. */
export function momentText(time: number, now: number, utc: boolean): string {
  if (!isTime(time)) return noTime
  const then = onTheWall(time, utc)
  const today = onTheWall(now, utc)
  const clock = `${then.minutes}:${then.seconds}`
  if (then.year !== today.year) return `${then.year}-${then.monthDay} ${clock}`
  return then.monthDay === today.monthDay ? clock : `${then.monthDay} ${clock}`
}

/** The same in at most 14 columns, `11-22 14:21:40`, or in eleven, `11-22 14:21`; of another year the date alone. */
export function shortMoment(time: number, now: number, utc: boolean, columns: number): string {
  if (!isTime(time)) return noTime
  const then = onTheWall(time, utc)
  const today = onTheWall(now, utc)
  const clock = `${then.minutes}:${then.seconds}`
  if (then.year !== today.year) return `${then.year}-${then.monthDay}`
  if (then.monthDay === today.monthDay) return clock
  return `${then.monthDay} ${columns < 14 ? then.minutes : clock}`
}

/** `2026-11-23 14:21:40`, with a `Z` when it is UTC. */
export function dateText(time: number, utc: boolean): string {
  if (!isTime(time)) return noTime
  const { year, monthDay, minutes, seconds } = onTheWall(time, utc)
  return `${year}-${monthDay} ${minutes}:${seconds}${utc ? 'Z' : ''}`
}

/** `204`, `1,204`. */
export const wholeNumber = (value: number): string =>
  String(Math.floor(value)).replace(/\B(?=(\d{3})+$)/g, ',')

/** At most four columns: `204`, `1.2k`, `12k`, `3.4M`. */
export function shortNumber(value: number): string {
  if (value < 1000) return String(Math.floor(value))
  if (value < 10_000) return `${Math.floor(value / 100) / 10}k`
  if (value < 1_000_000) return `${Math.floor(value / 1000)}k`
  if (value < 10_000_000) return `${Math.floor(value / 100_000) / 10}M`
  if (value < 1e9) return `${Math.floor(value / 1_000_000)}M`
  return `${Math.floor(Math.min(value, 999e9) / 1e9)}G`
}

/** At most three columns below a hundred thousand: `204`, `1k`, `12k`. */
export const shortCount = (value: number): string =>
  value < 1000 ? String(value) : `${Math.floor(value / 1000)}k`

/** `1 alert`, `1,204 alerts`. */
export const counted = (value: number, noun: string): string =>
  `${wholeNumber(value)} ${noun}${value === 1 ? '' : 's'}`

/** `1st`, `2nd`, `3rd`, `11th`. */
export function ordinal(value: number): string {
  const teens = value % 100 >= 11 && value % 100 <= 13
  return `${value}${teens ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th')}`
}

/**
 * One level for each value, the highest of `levels` for `top` (the greatest value unless given).
 * Anything above zero is told from zero.
 */
export function sparkline(
  values: readonly number[],
  levels: readonly string[],
  top = Math.max(...values),
): string {
  const last = levels.length - 1
  return values
    .map((value) => {
      if (value <= 0 || top <= 0) return levels[0]
      return levels[Math.min(last, Math.max(1, Math.round((value / top) * last)))]
    })
    .join('')
}

/** At most `count` values: neighbours share one, as their greatest. */
export function squeeze(values: readonly number[], count: number): number[] {
  if (values.length <= count) return [...values]
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * values.length) / count)
    const to = Math.max(from + 1, Math.floor(((index + 1) * values.length) / count))
    return Math.max(...values.slice(from, to))
  })
}
