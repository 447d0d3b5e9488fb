import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb'

/** Gets what requests of an operation consumed, in read or write units. */
export type Spend = (operation: string, units: number) => void

/** Makes DynamoDB say what a request consumed. */
export const told = { ReturnConsumedCapacity: 'TOTAL' } as const

/** What a request consumed, over all tables and indexes; 0 where it isn't said. */
export function unitsOf(answer: unknown): number {
  const { ConsumedCapacity: consumed } = (answer ?? {}) as {
    ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[]
  }
  return [consumed ?? []].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0)
}
