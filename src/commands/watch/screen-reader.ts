/** Whether a screen reader reads along: by the flag, or by `ACCESSIBLE`. */
export const isScreenReader = (
  { screenReader }: { readonly screenReader?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean => screenReader ?? isSet(env.ACCESSIBLE)

const isSet = (value: string | undefined) => value !== undefined && value !== '' && value !== '0'
