import type { InsightInput } from '../protocol/insight/schema.ts'
import { type Kind, kinds } from './kinds.ts'
import { createRandom, type Random } from './random.ts'

/** Somebody or something whose risk drifts, and the alert about it, while there is one. */
interface Subject {
  readonly kind: Kind
  readonly number: number
  /** Where the risk is at home. */
  readonly usual: number
  risk: number
  alertId: string | undefined
}

export interface Simulation {
  /** What happened next, at `time` (ms since the epoch). */
  next(time: number): InsightInput
}

/**
 * A feed as models make it: the risk of each entity drifts around its usual level, with shocks now
 * and then. An alert escalates and calms down under its id, comes again under a new one while it
 * lasts, and resolves when the risk is gone. The same seed tells the same story.
 */
export function createSimulation({ seed, entities }: { seed: number; entities: number }): Simulation {
  const random = createRandom(seed)
  let alerts = 0
  const deck = kinds.flatMap((kind) => Array.from({ length: kind.weight }, () => kind))
  const subjects = Array.from({ length: entities }, (_, number): Subject => {
    const kind = deck[(number * 7) % deck.length] as Kind
    const usual = 20 + 65 * random.unit() ** 1.4
    return { kind, number, usual, risk: usual, alertId: undefined }
  })
  return {
    next(time) {
      // A few make most of the noise.
      const subject = subjects[Math.floor(entities * random.unit() ** 2)] as Subject
      drift(subject, random)
      const over = subject.alertId !== undefined && subject.risk < 35
      const again = subject.alertId !== undefined && !over && random.unit() < 0.35
      if (subject.alertId === undefined || again) subject.alertId = `sim-${seed.toString(36)}-${++alerts}`
      const insight = describe(subject, subject.alertId, time, random)
      if (!over) return insight
      subject.alertId = undefined
      return { ...insight, status: 'resolved', resolved_at: new Date(time).toISOString() }
    },
  }
}

function drift(subject: Subject, random: Random): void {
  const shock = random.unit() < 0.05 ? random.between(30, 60) : 0
  const pull = (subject.usual - subject.risk) * 0.2
  const risk = subject.risk + pull + random.bell() * 7 + shock
  subject.risk = Math.round(Math.min(99.5, Math.max(2, risk)) * 10) / 10
}

function describe({ kind, number, risk }: Subject, alertId: string, time: number, random: Random) {
  const advice = kind.advice.filter(() => random.unit() < risk / 100)
  return {
    alert_id: alertId,
    entity_id: kind.entity(number),
    timestamp: new Date(time).toISOString(),
    prediction_type: kind.type,
    risk_score: risk,
    explanation: kind.explain(risk, random),
    recommendations: advice.length > 0 || risk < 60 ? advice : [kind.advice[0]],
    model_used: kind.model,
    confidence: Math.round((0.6 + 0.39 * random.unit()) * 100) / 100,
    status: 'open',
    source: 'simulation',
    labels: kind.labels?.(number) ?? {},
    url: `https://runbooks.example/${kind.type.replaceAll('_', '-')}`,
  } satisfies InsightInput
}
