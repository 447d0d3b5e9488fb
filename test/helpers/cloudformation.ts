import { readFileSync } from 'node:fs'
import { type CollectionTag, Pair, parseDocument, Scalar, type ScalarTag, YAMLMap } from 'yaml'

export type Json =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Json[]
  | { readonly [name: string]: Json }
export type JsonObject = { readonly [name: string]: Json }

interface Resource {
  readonly Type: string
  readonly Condition?: string
  readonly DependsOn?: string
  readonly DeletionPolicy?: string
  readonly UpdateReplacePolicy?: string
  readonly Properties: JsonObject
}

export interface Template {
  readonly Parameters: Readonly<Record<string, JsonObject>>
  readonly Conditions: Readonly<Record<string, Json>>
  readonly Globals: { readonly Function: JsonObject }
  readonly Resources: Readonly<Record<string, Resource>>
  readonly Outputs: Readonly<Record<string, JsonObject>>
}

/** The functions of CloudFormation that a template may write as tags, in their long form. */
const functions = ['Ref', 'Condition', 'If', 'Not', 'Or', 'And', 'Equals', 'Sub', 'GetAtt', 'Join', 'Select']
const longName = (name: string) => (name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`)

const scalarTag = (name: string): ScalarTag => ({
  tag: `!${name}`,
  resolve: (text: string) => ({ [longName(name)]: name === 'GetAtt' ? text.split('.') : text }),
})

const listTag = (name: string): CollectionTag => ({
  tag: `!${name}`,
  collection: 'seq',
  resolve(items) {
    const map = new YAMLMap()
    map.items.push(new Pair(new Scalar(longName(name)), items))
    return map
  },
})

const tags = functions.flatMap((name) => [scalarTag(name), listTag(name)])

/** Reads a template with its short forms. Throws for what CloudFormation can't read: aliases among it. */
export function readTemplate(path: string): Template {
  const text = readFileSync(path, 'utf8')
  const document = parseDocument(text, { customTags: tags, merge: false })
  if (document.errors.length > 0 || document.warnings.length > 0)
    throw new Error([...document.errors, ...document.warnings].join('\n'))
  return document.toJS({ maxAliasCount: 0 }) as Template
}

/** Every value of one function (`Ref`, `Fn::Sub`) in a part of a template. */
export function* uses(name: string, part: Json): Generator<Json> {
  if (Array.isArray(part)) for (const each of part as readonly Json[]) yield* uses(name, each)
  else if (typeof part === 'object' && part !== null)
    for (const [key, value] of Object.entries(part as JsonObject)) {
      if (key === name) yield value
      yield* uses(name, value)
    }
}

/** A scalar as text, anything else as JSON. */
export const textOf = (value: Json): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value ?? '')
