import * as fc from 'fast-check'

/** What a stranger may put into a field to act on a terminal or to break its layout. */
export const hostileStrings: readonly string[] = [
  '\x1b[2J\x1b[H\x1b[31mred',
  '\x1b]0;title\x07',
  '\x1b]8;;https://evil.example\x07link\x1b]8;;\x07',
  '\x1b]52;c;cHduZWQ=\x07',
  '\x1bP$q"p\x1b\\',
  '\x1b[?1049l\x1b[?25h\x1bc',
  '\x9b2J\x9d0;title\x9c\x90',
  '\x00\x07\x08\x0b\x0c\x0e\x0f\x7f',
  'one\rtwo\r\nthree\n\n\nfour\tfive\x85six\u2028seven\u2029eight',
  '\u202egnp.exe\u202c \u2066isolate\u2069 \u200f\u061c',
  `z${'\u0335\u0489\u20dd'.repeat(300)}algo`,
  '\u0301\u0302\u0303starts with marks',
  'zero\u200b\u200c\u200d\u2060\ufeff\u00adwidth\u034f\u115f\u1160\u3164\uffa0',
  '\u{e0001}\u{e0074}\u{e0061}\u{e0067}tags\ufe0f\u{e0100}',
  '👩‍👩‍👧‍👦 👍🏽 ❤️ 1️⃣ 🇩🇪 🇩 🇽🇽 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🔥',
  '日本語テキスト 한국어 中文 ｆｕｌｌｗｉｄｔｈ',
  '\u1100\u1161\u11a8\u1100\u1100\ud7b0 क्षि ก็ำ ﷽ \u0600123',
  '\ud800 \udc00 \ufffe\uffff\u{1fffe}',
  'M'.repeat(10_000),
  '宽'.repeat(3_000),
  '\x1b['.repeat(5_000),
]

/** Any text, with the hostile ones mixed in. */
export const hostileText = (): fc.Arbitrary<string> =>
  fc
    .array(
      fc.oneof(
        fc.string({ unit: 'binary', maxLength: 12 }),
        fc.string({ unit: 'grapheme', maxLength: 12 }),
        fc.constantFrom(...hostileStrings.filter((text) => text.length < 2_000)),
        fc.constantFrom(
          '\x1b',
          '\x9b',
          '\u202e',
          '\u200d',
          '\u0301',
          '🏽',
          '🇩',
          '👩',
          '\u1160',
          ' ',
          '\ud800',
        ),
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join(''))
