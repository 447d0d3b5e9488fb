/** A click, or a turn of the wheel by so many lines; columns and rows count from 0. */
export interface MouseEvent {
  readonly kind: 'click' | 'wheel'
  readonly column: number
  readonly row: number
  readonly lines: number
}

// oxlint-disable-next-line no-control-regex
const report = /\u001b\[<(\d+);(\d+);(\d+)([Mm])/g

/** The clicks and turns of the wheel in a chunk of input. */
export function mouseEvents(chunk: string): MouseEvent[] {
  return [...chunk.matchAll(report)].flatMap(([, button, x, y, end]): MouseEvent[] => {
    const place = { column: Number(x) - 1, row: Number(y) - 1 }
    if (button === '0' && end === 'M') return [{ kind: 'click', ...place, lines: 0 }]
    if (button === '64') return [{ kind: 'wheel', ...place, lines: -3 }]
    if (button === '65') return [{ kind: 'wheel', ...place, lines: 3 }]
    return []
  })
}
