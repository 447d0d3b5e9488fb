/** One thing looked at, and what was found. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail'
  readonly name: string
  readonly message: string
}
