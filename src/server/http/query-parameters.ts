const filter = 'Terms such as risk>=80 type:churn_risk "free words"'
const range = { since: 'From this time on, or an age like 10m', until: 'Before this time', filter }

/** The query parameters of each kind of request that has any, with what they mean: all that is taken, and what /openapi.json tells. */
export const queryParameters = {
  recent: {
    limit: '1 to 1000; 50 by default',
    nextToken: 'Continues a page',
    aggregations: 'true adds totals',
    ...range,
  },
  aggregations: { buckets: 'How many buckets divide the range, 0 to 500', ...range },
  stream: {
    limit: 'Alerts in the snapshot, 0 to 1000; 10 by default',
    filter,
    lastEventId: 'Resume after this id, where the Last-Event-ID header can not be set',
  },
} as const
