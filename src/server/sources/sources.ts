import { alertmanager } from './alertmanager/alertmanager.ts'
import type { Source } from './source.ts'

/** By name: it is in the path, `/integrations/NAME`, and the insights' `source` and `model_used`. */
export const sources = { alertmanager } satisfies Readonly<Record<string, Source>>

export type SourceName = keyof typeof sources
