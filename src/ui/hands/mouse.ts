export type MouseEvent = { readonly kind: 'click' | 'wheel'; readonly row: number; readonly lines: number }

// oxlint-disable-next-line no-control-regex
const report = /\u001b\[<(\d+);(\d+);(\d+)([Mm])/g

/** The clicks and turns of the wheel in a chunk of input; rows count from 0. */
export function mouseEvents(chunk: string): MouseEvent[] {
  return [...chunk.matchAll(report)].flatMap(([, button, , y, end]): MouseEvent[] => {
    const row = Number(y) - 1
    if (button === '0' && end === 'M') return [{ kind: 'click', row, lines: 0 }]
    if (button === '64') return [{ kind: 'wheel', row, lines: -3 }]
    if (button === '65') return [{ kind: 'wheel', row, lines: 3 }]
    return []
  })
}
