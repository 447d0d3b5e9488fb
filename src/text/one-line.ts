const max = 300

/**
 * Words from the network, fit to stand in a sentence: one line, without a character that could
 * steer a terminal (C0, C1, bidirectional controls), and not endless.
 */
export function plainWords(text: string): string {
  const plain = text.replace(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  return plain.length > max ? `${plain.slice(0, max)}…` : plain
}
