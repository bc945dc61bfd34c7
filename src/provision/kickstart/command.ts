// One line of a kickstart file: a command with its options. Anaconda splits it as a shell does (pykickstart's
// documentation, "Chapter 2"): what is not plain is quoted here, and nowhere else.

export type OptionValue = string | number | boolean | undefined

/** `network --device=eth0 --onboot=yes`: undefined and false are left out, true is the bare option. */
export const command = (
  name: string,
  options: { readonly [option: string]: OptionValue },
  ...values: readonly string[]
): string => {
  const written = Object.entries(options).flatMap(([option, value]) => {
    if (value === undefined || value === false) return []
    return [value === true ? `--${option}` : `--${option}=${quote(String(value))}`]
  })
  return [name, ...written, ...values.map(quote)].join(' ')
}

/** In double quotes a backslash keeps only a quote and itself from being read. */
export const quote = (text: string): string =>
  /^[\w@%+=:,./$^*~-]+$/.test(text) ? text : `"${text.replace(/["\\]/g, '\\$&')}"`
