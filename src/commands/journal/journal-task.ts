/** What `iops journal` is asked to do, and on which directories. */
export type JournalTask =
  | { readonly task: 'verify' | 'compact'; readonly journal: string }
  | { readonly task: 'backup' | 'restore'; readonly journal: string; readonly backup: string }
