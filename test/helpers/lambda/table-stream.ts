import { UpdateTableCommand } from '@aws-sdk/client-dynamodb'
import type { Emulator } from '../dynamo.ts'

export interface StreamRecord {
  readonly eventName: string
  readonly dynamodb: { readonly SequenceNumber: string; readonly Keys: Record<string, { S?: string }> }
}

/** A table's own stream, read as an event source mapping reads it. */
export interface TableStream {
  /** What came since the last call. */
  records(): Promise<StreamRecord[]>
}

/** Switches a table's stream on (NEW_AND_OLD_IMAGES), and reads it from here on. */
export async function openTableStream(emulator: Emulator, table: string): Promise<TableStream> {
  const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' as const }
  const { TableDescription } = await emulator.client.send(
    new UpdateTableCommand({ TableName: table, StreamSpecification }),
  )
  const StreamArn = TableDescription?.LatestStreamArn

  async function call<Result>(operation: string, input: object): Promise<Result> {
    const response = await fetch(emulator.endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDBStreams_20120810.${operation}`,
        // The emulator asks for the form of a signature only.
        'x-amz-date': '20260101T000000Z',
        authorization:
          'AWS4-HMAC-SHA256 Credential=local/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
      },
      body: JSON.stringify(input),
    })
    if (!response.ok) throw new Error(`${operation}: ${await response.text()}`)
    return (await response.json()) as Result
  }

  const { StreamDescription } = await call<{ StreamDescription: { Shards: { ShardId: string }[] } }>(
    'DescribeStream',
    { StreamArn },
  )
  const ShardId = StreamDescription.Shards[0]?.ShardId
  let { ShardIterator } = await call<{ ShardIterator: string | undefined }>('GetShardIterator', {
    StreamArn,
    ShardId,
    ShardIteratorType: 'TRIM_HORIZON',
  })
  return {
    async records() {
      const found: StreamRecord[] = []
      for (;;) {
        const page = await call<{ Records: StreamRecord[]; NextShardIterator?: string }>('GetRecords', {
          ShardIterator,
        })
        ShardIterator = page.NextShardIterator
        if (page.Records.length === 0) return found
        found.push(...page.Records.map((record) => ({ ...record, eventSource: 'aws:dynamodb' })))
      }
    },
  }
}
