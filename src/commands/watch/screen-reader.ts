import type { Io } from '../../program/io.ts'

/** Whether a screen reader reads along: by the flag, or by `ACCESSIBLE`. */
export const isForEars = ({ screenReader }: { readonly screenReader?: boolean }, { env }: Io): boolean =>
  screenReader ?? isSet(env.ACCESSIBLE)

const isSet = (value: string | undefined) => value !== undefined && value !== '' && value !== '0'
