import type { AttributeValue } from '@aws-sdk/client-dynamodb'

/** An equality or an absence per attribute, all of which must hold. */
export type Condition = Readonly<Record<string, AttributeValue | 'absent'>>

/** A condition as a request writes it. So many words are reserved that every name is aliased. */
export function expressionOf(condition: Condition) {
  const names = Object.keys(condition)
  if (names.length === 0) return {}
  const values = names.flatMap((name, at): [string, AttributeValue][] => {
    const value = condition[name]
    return value === undefined || value === 'absent' ? [] : [[`:${at}`, value]]
  })
  const terms = names.map((name, at) =>
    condition[name] === 'absent' ? `attribute_not_exists(#${at})` : `#${at} = :${at}`,
  )
  return {
    ConditionExpression: terms.join(' AND '),
    ExpressionAttributeNames: Object.fromEntries(names.map((name, at) => [`#${at}`, name])),
    ...(values.length > 0 && { ExpressionAttributeValues: Object.fromEntries(values) }),
  }
}

/** The aliases that an expression uses, each for the name after its `#`. */
export const namesIn = (expression: string) =>
  Object.fromEntries([...expression.matchAll(/#(\w+)/g)].map(([alias, name = '']) => [alias, name]))
