import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { type DashboardStep, dashboardSteps } from '../../helpers/dashboard-steps.ts'
import { insight } from '../../helpers/insights.ts'
import { StagedDashboard } from '../../helpers/staged-dashboard.tsx'
import { temporary } from '../../helpers/temporary.ts'

/** Milliseconds in which as many sequences are tried as there is time for. */
const limit = Number(process.env['PROPERTY_MS'] ?? 6000)

/** Once, scripts that Ink measures otherwise than terminals do moved what stands beside them. */
const besideScripts: DashboardStep[] = [
  {
    kind: 'insights',
    phase: 'live',
    insights: [
      insight({ alert_id: 'a1' }),
      insight({ alert_id: 'a2', explanation: 'क्षि ก็ำ ﷽ \u0600123' }),
      insight({ alert_id: 'a3' }),
    ],
  },
  { kind: 'keys', input: 'j' },
  { kind: 'resize', columns: 120, rows: 12 },
]

it(
  'whatever happens, the terminal shows what a fresh full draw of the same state shows',
  async () => {
    using directory = temporary()
    let steps = 0
    await fc.assert(
      fc.asyncProperty(dashboardSteps, async (sequence) => {
        const dashboard = new StagedDashboard(directory.path)
        try {
          for (const step of sequence) {
            await dashboard.take(step)
            steps++
            // What the server answers meanwhile changes the state once more.
            await expect
              .poll(async () => difference(await dashboard.drawnInFull(), dashboard.cells()), {
                timeout: 600,
                interval: 20,
              })
              .toBe('none')
          }
        } finally {
          await dashboard.close()
        }
      }),
      {
        examples: [[besideScripts]],
        numRuns: 10_000,
        interruptAfterTimeLimit: limit,
        markInterruptAsFailure: false,
      },
    )
    expect(steps).toBeGreaterThan(20)
  },
  limit + 60_000,
)

/** The first line that differs, as the full draw has it and as the terminal has it. */
function difference(full: string[][], shown: string[][]): string {
  const y = full.findIndex((cells, index) => String(cells) !== String(shown[index]))
  if (y < 0 && full.length === shown.length) return 'none'
  return `line ${y}:\n${full[y]?.join(' ')}\n${shown[y]?.join(' ')}`
}
