/** What can stand in the `status` of an alert. */
export const statuses = ['open', 'acknowledged', 'resolved'] as const

export const isStatus = (value: unknown): value is (typeof statuses)[number] =>
  (statuses as readonly unknown[]).includes(value)

/** What can't be a status counts as open: nobody is known to have taken care of it. */
export const statusOrOpen = (value: unknown): (typeof statuses)[number] => (isStatus(value) ? value : 'open')
