import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb'

/** The existing table, for who starts without one. Its stream is others' to switch on. */
export const insightTableInput = (table: string): CreateTableCommandInput => ({
  TableName: table,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'entity_id', AttributeType: 'S' },
    { AttributeName: 'entity_type', AttributeType: 'S' },
    { AttributeName: 'timestamp', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'entity_id', KeyType: 'HASH' },
    { AttributeName: 'entity_type', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'EntityTypeIndex',
      KeySchema: [
        { AttributeName: 'entity_type', KeyType: 'HASH' },
        { AttributeName: 'timestamp', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
})

export const logTableInput = (table: string): CreateTableCommandInput => ({
  TableName: table,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'shard', AttributeType: 'S' },
    { AttributeName: 'seq', AttributeType: 'N' },
  ],
  KeySchema: [
    { AttributeName: 'shard', KeyType: 'HASH' },
    { AttributeName: 'seq', KeyType: 'RANGE' },
  ],
})

/** Both tables forget by this attribute, in seconds since the epoch. */
export const ttlAttribute = 'ttl'
