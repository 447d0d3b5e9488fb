import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { Location } from './location.ts'

/** A client of the SDK that can be made anew, and the clock of the service that it talks to. */
export interface Client {
  readonly current: () => DynamoDBClient
  /** The next one asks the credential chain again; this one would keep what it has. */
  readonly renew: () => void
  /** DynamoDB's own clock, in ms since the epoch: this machine's may be minutes off. */
  readonly now: () => number
}

/** `attemptMs` bounds one request. */
export async function createClient(
  { region, endpoint }: Pick<Location, 'region' | 'endpoint'>,
  attemptMs: number,
): Promise<Client> {
  const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb')
  let offset = 0
  const create = () => {
    const client = new DynamoDBClient({
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint }),
      maxAttempts: 1,
      requestHandler: {
        connectionTimeout: attemptMs,
        requestTimeout: attemptMs,
        httpAgent: { maxSockets: 100 },
        httpsAgent: { maxSockets: 100 },
      },
    })
    client.middlewareStack.add(
      (next) => async (input) => {
        const result = await next(input)
        const { headers } = (result.response ?? {}) as { headers?: Record<string, string> }
        const served = Date.parse(headers?.['date'] ?? '')
        // The header has whole seconds, so that a smaller difference says nothing.
        if (!Number.isNaN(served)) offset = Math.abs(served - Date.now()) > 2000 ? served - Date.now() : 0
        return result
      },
      { step: 'deserialize', priority: 'high', name: 'clock' },
    )
    return client
  }
  let client = create()
  return {
    current: () => client,
    renew: () => void (client = create()),
    now: () => Date.now() + offset,
  }
}
