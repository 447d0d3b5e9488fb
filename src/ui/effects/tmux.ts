type Env = Readonly<Record<string, string | undefined>>

const escape = '\u001b'

/** Inside tmux a sequence for the outer terminal goes in an envelope, its ESCs doubled. */
export function passThrough(sequence: string, env: Env): string {
  if (!env['TMUX']) return sequence
  return `${escape}Ptmux;${sequence.replaceAll(escape, escape + escape)}${escape}\\`
}
