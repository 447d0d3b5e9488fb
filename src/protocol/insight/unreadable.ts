/**
 * Stands in the place of a value that its field can't have: a risk of `"n/a"`, a status of 7. JSON
 * passes it on as it came (a missing one stays missing), and people see `?`.
 */
export class Unreadable {
  /** As it came. Undefined when the field is missing. */
  readonly value: unknown

  constructor(value: unknown) {
    this.value = value
  }

  toJSON(): unknown {
    return this.value
  }

  toString(): string {
    return '?'
  }
}

/** The value as text for programs: a string as it is, nothing where it is missing, JSON otherwise. */
export function rawText(value: unknown): string {
  if (typeof value === 'string') return value
  return JSON.stringify(value) ?? ''
}

/** A field's value as text for programs; one that can't be read is {@link rawText} of what came. */
export const fieldText = (value: unknown): string =>
  rawText(value instanceof Unreadable ? value.value : value)
