import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Insight, KnownInsight } from '../../src/protocol/insight/insight.ts'
import { Iops } from './iops.ts'
import { insight } from './insights.ts'
import { type LogServer, startLogServer } from './log-server.ts'

/** A server of alerts `a1`, `a2`, …, and watches of it that share one state home. Ends with `await using`. */
export class WatchServer implements AsyncDisposable {
  readonly server: LogServer
  readonly state = mkdtempSync(join(tmpdir(), 'iops-state-'))
  #published = 0

  constructor(server: LogServer) {
    this.server = server
  }

  static async start(): Promise<WatchServer> {
    return new WatchServer(await startLogServer({ snapshot: 10_000 }))
  }

  /** Appends new alerts. */
  publish(count: number, content: Partial<KnownInsight> = {}): void {
    const insights = Array.from({ length: count }, () => this.insight(`a${++this.#published}`, content))
    this.server.publish(...insights)
  }

  insight(alertId: string, content: Partial<KnownInsight> = {}): Insight {
    return insight({ alert_id: alertId, ...content })
  }

  watch(...flags: string[]): Iops {
    return new Iops(['watch', '--url', this.server.url, ...flags], { env: { XDG_STATE_HOME: this.state } })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]()
    rmSync(this.state, { recursive: true, force: true })
  }
}

/** The ids of whole lines of `--json`, in order. */
export const idsOf = (stdout: string): string[] =>
  stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { alert_id: string }).alert_id)

export const upTo = (last: number, first = 1): string[] =>
  Array.from({ length: last - first + 1 }, (_, index) => `a${first + index}`)
