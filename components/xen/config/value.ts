// The values of xl.cfg(5): numbers, quoted strings, lists.

export type Printable = boolean | number | string | readonly (number | string)[]

/** Booleans are numbers to xl; its lexer knows no sign, so a negative number goes in quotes, which it accepts. */
export const printValue = (value: Printable): string => {
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value === 'number') return value < 0 ? quote(String(value)) : String(value)
  if (typeof value === 'string') return quote(value)
  return `[${value.map(printValue).join(', ')}]`
}

/**
 * Backslash and double quote are escaped by a backslash. xl 4.17 has escapes for control characters too but fails on
 * its own hexadecimal ones, so that none but tab, which needs no escape, can be written.
 */
const quote = (text: string): string => {
  if (/[^\P{Cc}\t]/u.test(text)) throw new Error(`a control character in a domain's config: ${JSON.stringify(text)}`)
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
