import { alertmanager } from './alertmanager/alertmanager.ts'
import { cloudwatch } from './cloudwatch/cloudwatch.ts'
import { grafana } from './grafana/grafana.ts'
import { pagerduty } from './pagerduty/pagerduty.ts'
import type { Source } from './source.ts'

/** By name, which is the insights' `source` and `model_used`. */
export const sources = { alertmanager, cloudwatch, grafana, pagerduty } satisfies Readonly<
  Record<string, Source>
>

export const pathOf = (name: string, { path }: Source): string => path ?? `/integrations/${name}`
