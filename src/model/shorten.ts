// What a message shows of what is long: the first of many names, the beginning of a text. A value of a profile may be
// megabytes, and a site may have hundreds of machines.

/** `a, b, c, d, e and 7 more`. */
export const namesText = (names: readonly string[], most = 5): string =>
  names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`

/** The beginning of a text, with `...` where it goes on. */
export const shortText = (text: string, most = 80): string => (text.length <= most ? text : `${text.slice(0, most)}...`)
