/** What can stand in the `status` of an alert. */
export const statuses = ['open', 'acknowledged', 'resolved'] as const

export const isStatus = (value: unknown): value is (typeof statuses)[number] =>
  (statuses as readonly unknown[]).includes(value)
