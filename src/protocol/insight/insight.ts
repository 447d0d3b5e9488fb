import type { Status } from '../status.ts'
import type { FieldName, fields } from './fields.ts'
import type { Unreadable } from './unreadable.ts'

type Fields = typeof fields

/** What each kind of content is read as. */
interface Contents {
  text: string
  id: string
  number: number | Unreadable
  time: string | Unreadable
  status: Status | Unreadable
  texts: string[]
  labels: Record<string, string>
  url: string
}

type ValueOf<Name extends FieldName> = Contents[Fields[Name]['content']['kind']]

export type NamesMissing<As> = {
  [Name in FieldName]: Fields[Name]['missing'] extends As ? Name : never
}[FieldName]

type Read = { [Name in Exclude<FieldName, NamesMissing<'absent'>>]: ValueOf<Name> } & {
  [Name in NamesMissing<'absent'>]?: ValueOf<Name> | undefined
}

/** The fields that hold what people decided: a source's new version leaves them as they are. */
export type KeptName = { [Name in FieldName]: Fields[Name] extends { kept: true } ? Name : never }[FieldName]

export type KnownValue<Name extends FieldName> = Exclude<ValueOf<Name>, Unreadable>

/** Holds fields of an insight as they came, where reading them made something else of them. */
export const asItCame = Symbol('fields as they came')

/** What came in a field, and what was read from it. */
export interface ReadField {
  readonly value: unknown
  readonly read: unknown
}

/**
 * A risk-scored alert, as stored and as sent; its fields are those of the table. Timestamps are UTC
 * with milliseconds and `Z`; `risk_score` is 0–100, `confidence` 0–1. What can't be a number, a time
 * or a status is {@link Unreadable} where it came from another server.
 */
export interface Insight extends Read {
  readonly [asItCame]?: Readonly<Record<string, ReadField>>
}

/** An insight as this server makes it: what decides how bad it is, is known. */
export interface KnownInsight extends Insight {
  timestamp: string
  risk_score: number
  confidence: number
  status: Status
}
