import type { Status } from '../../../protocol/status.ts'
import { sanitize } from '../../../text/sanitize.ts'
import type { Figures } from '../data.ts'
import type { LineEditor } from '../line-editor.ts'
import { isWide } from '../list/viewport.ts'
import type { Mode, RowAction, Toast, ViewState } from '../state.ts'
import { statusJobs } from '../status-change.ts'

/** The last line: what is being typed or asked, else the newest message, else the keys. */
export type FootView =
  | {
      readonly kind: 'filter'
      readonly editor: LineEditor
      readonly matching: number
      readonly held: number
      readonly fault: Figures['fault']
    }
  | { readonly kind: 'search'; readonly editor: LineEditor }
  | {
      readonly kind: 'confirm'
      readonly status: Status
      readonly count: number
      readonly editor: LineEditor
    }
  /** `ack 3 × latency svc_booking? a again, esc` */
  | {
      readonly kind: 'pin'
      readonly action: RowAction
      readonly count: number
      readonly type: string
      readonly entity: string
    }
  | { readonly kind: 'copy' }
  | { readonly kind: 'command' }
  | { readonly kind: 'toast'; readonly text: string; readonly tone: Toast['tone'] }
  /** `isOpen`: there is a detail to close. */
  | { readonly kind: 'keys'; readonly isOpen: boolean }

export function footView(state: ViewState, figures: Figures): FootView {
  const { mode, toast, now } = state
  switch (mode.kind) {
    case 'filter':
      return {
        kind: 'filter',
        editor: mode.editor,
        matching: figures.matching,
        held: figures.held,
        fault: figures.fault,
      }
    case 'help':
      return { kind: 'search', editor: mode.search }
    case 'confirm':
      return { kind: 'confirm', status: mode.status, count: mode.jobs.length, editor: mode.typed }
    case 'pin':
      return pinView(state, mode)
    case 'copy':
    case 'command':
      return { kind: mode.kind }
    case 'list':
    case 'detail':
      if (toast && toast.until > now) return { kind: 'toast', text: sanitize(toast.text), tone: toast.tone }
      return { kind: 'keys', isOpen: mode.kind === 'detail' || (state.beside && isWide(state)) }
    default:
      return mode satisfies never
  }
}

const pinnedStatus: Readonly<Partial<Record<RowAction, Status>>> = {
  acknowledge: 'acknowledged',
  resolve: 'resolved',
}

function pinView(state: ViewState, { action, row }: Extract<Mode, { kind: 'pin' }>): FootView {
  const { prediction_type, entity_id } = row.alert.insight
  const status = pinnedStatus[action]
  return {
    kind: 'pin',
    action,
    count: status === undefined ? 1 : statusJobs(state, row, status).length,
    type: sanitize(prediction_type),
    entity: sanitize(entity_id),
  }
}
