// Options on a command line of Xen or Linux: how they are written, and whether a line has them.
import type { CommandLine } from './desired.js'

export type Options = NonNullable<CommandLine['options']>

/** An option as words of a command line: `{console: ['hvc0', 'tty0']}` is `console=hvc0`, `console=tty0`. */
const wordsOf = (name: string, value: Options[string]): readonly string[] => {
  if (value === true) return [name]
  return [value].flat().map(item => `${name}=${item}`)
}

/** All options, as one piece of a command line, in the order of their keys in the document. */
export const printOptions = (options: Options): string =>
  Object.entries(options)
    .flatMap(([name, value]) => wordsOf(name, value))
    .join(' ')

/** The words of a command line; GRUB's own variables (`${xen_rm_opts}`) are none. */
export const parseWords = (line: string): readonly string[] =>
  line.split(/\s+/).filter(word => word !== '' && !word.startsWith('${'))

/** `actual` is null where the line does not have the option at all. */
export type Difference = { readonly name: string; readonly actual: string | null; readonly declared: string }

/**
 * The declared options that a command line does not have. The last occurrences count: those before them are the
 * system's own, and Xen and Linux let the last one win (or, for options such as console, use each). What is not
 * declared is not looked at.
 */
export const missingFrom = (words: readonly string[], options: Options): readonly Difference[] =>
  Object.entries(options).flatMap(([name, value]) => {
    const declared = wordsOf(name, value)
    const present = words.filter(word => word === name || word.startsWith(`${name}=`))
    if (present.slice(-declared.length).join(' ') === declared.join(' ')) return []
    return [{ name, actual: present.length === 0 ? null : valuesOf(name, present), declared: valuesOf(name, declared) }]
  })

/** `dom0_mem=1G` -> `1G`; a flag is its own value. */
const valuesOf = (name: string, words: readonly string[]): string =>
  words.map(word => (word === name ? name : word.slice(name.length + 1))).join(' ')
