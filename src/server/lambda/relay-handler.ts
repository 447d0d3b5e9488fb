import { z } from 'zod'
import type { Item } from '../stores/dynamo/db.ts'
import type { TableChange } from '../stores/dynamo/relay/stream-relay.ts'
import type { LambdaEnvironment } from './environment.ts'

const Attributes = z.record(z.string(), z.record(z.string(), z.unknown()))

/** One change of an item, as an event source mapping hands it over. */
const StreamRecord = z.object({
  eventSource: z.literal('aws:dynamodb'),
  eventName: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
  dynamodb: z.object({
    Keys: z.record(z.string(), z.object({ S: z.string().optional() })),
    OldImage: Attributes.optional(),
    NewImage: Attributes.optional(),
    SequenceNumber: z.string(),
    /** Seconds since the epoch. */
    ApproximateCreationDateTime: z.number().optional(),
  }),
})
const StreamEvent = z.object({ Records: z.array(StreamRecord) })

/** The records from the first one named here on are handed over again; none is named when all are done. */
interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[]
}

/**
 * Takes batches of the insight table's stream, and brings what others put there into the log. A batch that could not
 * be brought whole names its first record that was not (`ReportBatchItemFailures`). An event without records, as a
 * schedule sends one, has the log maintained.
 */
export function createRelayHandler(environment: LambdaEnvironment) {
  return async (event: unknown): Promise<BatchResponse> => {
    const { store, logger, metrics, now } = environment
    try {
      if (typeof event !== 'object' || event === null || !('Records' in event)) {
        await store.maintain()
        return { batchItemFailures: [] }
      }
      const { Records } = StreamEvent.parse(event)
      const changes = Records.flatMap(changeOf)
      const { done, fault } = await store.bring(changes.map(({ change }) => change))
      const oldest = changes[0]?.change.at
      if (oldest !== undefined)
        metrics.observe('RelayLag', Math.max(0, now().getTime() - oldest), 'Milliseconds')
      const failed = changes[done]
      if (!failed) return { batchItemFailures: [] }
      logger('error', 'changes of the table not brought into the log yet', {
        changes: changes.length - done,
        reason: String(fault),
      })
      metrics.add('RelayFailures')
      return { batchItemFailures: [{ itemIdentifier: failed.sequenceNumber }] }
    } finally {
      metrics.flush()
    }
  }
}

/** Insights alone: the table has items of other types, and what was removed is no news. */
function changeOf({ eventName, dynamodb }: z.infer<typeof StreamRecord>) {
  const alertId = dynamodb.Keys['entity_id']?.S
  if (eventName === 'REMOVE' || alertId === undefined || dynamodb.Keys['entity_type']?.S !== 'insight')
    return []
  const change: TableChange = {
    alertId,
    at: (dynamodb.ApproximateCreationDateTime ?? 0) * 1000,
    before: dynamodb.OldImage as Item | undefined,
    after: dynamodb.NewImage as Item | undefined,
  }
  return [{ change, sequenceNumber: dynamodb.SequenceNumber }]
}
