// A file of settings as systemd reads it (systemd.exec(5), EnvironmentFile), and what a command line makes of a variable
// (systemd.service(5), `$OPTIONS` as a word of its own). What is in quotes may go over lines. Pure.

/** `KEY=`, what follows in quotes, and what follows without, up to the end of its line. */
const setting = /^[ \t]*(?:[#;][^\n]*|([^=\s#;][^=\n]*)=((?:[ \t]|'[^']*'?|"(?:[^"\\]|\\.)*"?)*)((?:[^\\\n]|\\.)*))/gms

const quotedPart = /'([^']*)'?|"((?:[^"\\]|\\.)*)"?|[ \t]/gs

/** The value of a variable, the last one where there are several; undefined where it is not set. */
export const settingOf = (text: string, variable: string): string | undefined => {
  const settings = [...text.replaceAll('\r', '\n').matchAll(setting)]
  const [, , quoted, bare] = settings.findLast(([, key]) => key?.trim() === variable) ?? []
  if (quoted === undefined || bare === undefined) return undefined
  const parts = [...quoted.matchAll(quotedPart)].map(([, single, double]) => single ?? unescaped(double ?? '', '"\\`$'))
  return [...parts, unescaped(bare.trimEnd())].join('')
}

/** An escaped end of line goes, and the backslash before any of these characters; before any at all where none are named. */
const unescaped = (text: string, characters?: string): string =>
  text.replace(/\\(.)/gs, (written, escaped: string) => {
    if (escaped === '\n') return ''
    return characters === undefined || characters.includes(escaped) ? escaped : written
  })

const word = /(?:'(?:[^'\\]|\\.)*'?|"(?:[^"\\]|\\.)*"?|\\.|[^\s'"\\])+/gs

const wordPart = /'((?:[^'\\]|\\.)*)'?|"((?:[^"\\]|\\.)*)"?|(\\.|[^'"\\]+)/gs

/** A value in words: by white space, where it is not in quotes. */
export const wordsOf = (value: string): readonly string[] =>
  (value.match(word) ?? []).map(written =>
    [...written.matchAll(wordPart)]
      .map(([, single, double, bare]) => (single ?? double ?? bare ?? '').replace(/\\(.)/gs, '$1'))
      .join(''),
  )
