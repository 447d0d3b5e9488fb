/** A point in time, by a clock that never jumps and by one that goes on while a machine is suspended. */
export interface Moment {
  readonly monotonic: number
  readonly wall: number
}

export const thisMoment = (): Moment => ({ monotonic: performance.now(), wall: Date.now() })

/** Milliseconds since a moment, by whichever clock saw more of them. */
export const elapsedSince = ({ monotonic, wall }: Moment): number =>
  Math.max(performance.now() - monotonic, Date.now() - wall)

const promptMs = 1000

/** Whether so little time has passed that no other node can have taken this one's work over. */
export const isPrompt = (since: Moment): boolean => elapsedSince(since) < promptMs
