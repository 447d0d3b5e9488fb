import { StoreUnavailable } from '../../store.ts'

/** What was read from disk is not what was written. Nothing of it is shown to anybody. */
export class DamagedLine extends StoreUnavailable {
  /** The file, and the line in it. */
  readonly place: string
  readonly fault: string

  constructor(place: string, fault: string) {
    super(`the journal is damaged: ${place} ${fault}`, { retryAfter: 60 })
    this.place = place
    this.fault = fault
  }
}
