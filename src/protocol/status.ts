/** What can stand in the `status` of an alert. */
export const statuses = ['open', 'acknowledged', 'resolved'] as const

export type Status = (typeof statuses)[number]

export const isStatus = (value: unknown): value is Status => (statuses as readonly unknown[]).includes(value)

/** What can't be a status counts as open: nobody is known to have taken care of it. */
export const statusOrOpen = (value: unknown): Status => (isStatus(value) ? value : 'open')
