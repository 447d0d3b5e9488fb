import type { Status } from '../../protocol/status.ts'

/** One alert to change on the server. */
export interface StatusJob {
  readonly alertId: string
  readonly status: Status
  /** What it was, to undo to. */
  readonly from: Status
  readonly ifMatch: string | undefined
}

export type CopyForm = 'id' | 'json' | 'markdown' | 'curl'

/** What the world is to do; the reducer only asks. */
export type Effect =
  | { readonly type: 'setStatus'; readonly jobs: readonly StatusJob[]; readonly undoing: boolean }
  | { readonly type: 'copy'; readonly alertId: string; readonly form: CopyForm }
  | { readonly type: 'copyText'; readonly text: string; readonly what: string }
  | { readonly type: 'openLink'; readonly url: string }
  | { readonly type: 'save' }
  | { readonly type: 'reconnect' }
  | { readonly type: 'mouse'; readonly on: boolean }
  | { readonly type: 'suspend' }
  | { readonly type: 'redraw' }
  | { readonly type: 'quit'; readonly interrupted: boolean }
