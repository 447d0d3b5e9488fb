/**
 * The one gate between the network and a terminal. What comes out can't move the cursor, colour, link, retitle or write
 * to the clipboard, reads from left to right, and takes the same number of columns in every terminal.
 *
 * - Line breaks and tabs become one space; every other control character is shown: `^[` for ESC, `\u009b` for C1.
 * - Direction controls and characters that nobody can see are shown as `\u202e`: a name may not hide what it is.
 * - What terminals measure differently is made plain: joiners, variation selectors and skin tones go, a flag that is no
 *   flag becomes its letters, decomposed Hangul is composed.
 * - A base keeps at most four marks; a mark without a base, or a spacing one on an emoji or in Hangul, gets a dotted circle;
 *   half a surrogate pair becomes U+FFFD.
 */
export function sanitize(text: string): string {
  if (printableAscii.test(text)) return text
  const spaced = text.replace(breaks, ' ').replace(controls, caret)
  return printableAscii.test(spaced) ? spaced : tame(spaced)
}

/** Like {@link sanitize}, but keeps the lines of a text apart. A tab becomes two spaces. */
export function sanitizeLines(text: string): string[] {
  return text.split(lineBreak).map((line) => sanitize(line.replaceAll('\t', '  ')))
}

/**
 * Makes JSON text safe to print: DEL, C1, direction controls, unseen characters and line separators become `\u` escapes.
 * They stand inside strings only, so the JSON's value stays the same.
 */
export function jsonSafe(json: string): string {
  return printableAscii.test(json) ? json : json.replace(unseen, escaped)
}

const printableAscii = /^[\x20-\x7e]*$/
const breaks = /\r\n|[\n\t\u2028\u2029]/g
const lineBreak = /\r\n|[\n\u2028\u2029]/
// oxlint-disable-next-line no-control-regex
const controls = /[\x00-\x1f\x7f]/g

// Ignorable characters, format characters and the controls that JSON.stringify leaves alone. The Arabic signs of category
// Cf (U+0600 and its like) could be seen, but terminals give them no column, one, or those of what follows.
const unseen = /[\x7f-\x9f\u2028\u2029\p{Default_Ignorable_Code_Point}\p{Cf}]/gv

const joiners = /[\u200c\u200d\p{Variation_Selector}\u20e3]/gv
const skinTones = /(?<=\p{Emoji_Modifier_Base})\p{Emoji_Modifier}+/gv
const regionalIndicators = /\p{Regional_Indicator}{1,2}/gv
const flag = /^\p{RGI_Emoji_Flag_Sequence}$/v
const looseJamo = /[\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb]/g
const nonCharacters = /\p{Noncharacter_Code_Point}/gv
const extraMarks = /(\p{M}{4})\p{M}+/gv
const orphanMark = /(?<=^|\x20)\p{M}/gv
// Some terminals give such a mark a column of its own, others none.
const spacingMark =
  /(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}\p{Script=Hangul}]\p{M}*)\p{Mc}/gv

function tame(text: string): string {
  return text
    .toWellFormed()
    .replace(joiners, '')
    .replace(unseen, escaped)
    .replace(extraMarks, '$1')
    .normalize('NFC')
    .replace(skinTones, '')
    .replace(regionalIndicators, letters)
    .replace(looseJamo, '\ufffd')
    .replace(nonCharacters, '\ufffd')
    .replace(orphanMark, '\u25cc$&')
    .replace(spacingMark, '\u25cc$&')
}

const caret = (control: string): string => `^${String.fromCharCode(control.charCodeAt(0) ^ 0x40)}`

function escaped(character: string): string {
  let units = ''
  for (let index = 0; index < character.length; index++)
    units += `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`
  return units
}

const letters = (indicators: string): string =>
  flag.test(indicators) ? indicators : Array.from(indicators, letter).join('')

const letter = (indicator: string): string => String.fromCodePoint(indicator.codePointAt(0)! - 0x1f1a5)
