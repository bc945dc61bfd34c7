// Where xendomains saves domains when the host goes down, and which it has saved there. Its settings are a file that a shell reads.
import type { System } from '../../../src/model/system.js'

/** Debian's, and where others have it. */
const settings = ['/etc/default/xendomains', '/etc/sysconfig/xendomains']

/** As Xen's own settings have it: where nothing is said, or what only a shell can tell. */
const usual = '/var/lib/xen/save'

export type Saved = {
  /** Null where xendomains is told to save none. */
  readonly saveDirectory: string | null
  /** The names of the domains that it saved and has not restored. */
  readonly saved: readonly string[]
}

export const observeSaved = async (system: System): Promise<Saved> => {
  const texts = await Promise.all(settings.map(path => system.read(path)))
  const saveDirectory = directoryIn(texts.find(text => text !== null) ?? '')
  return { saveDirectory, saved: (saveDirectory === null ? null : await system.list(saveDirectory)) ?? [] }
}

/** Of several lines that say it, the last one counts, as in a shell. */
const directoryIn = (text: string): string | null => {
  const [, value = usual] = [...text.matchAll(/^[ \t]*XENDOMAINS_SAVE=("[^"\n]*"|'[^'\n]*'|[^\s#]*)/gm)].at(-1) ?? []
  const path = value.replace(/^(["'])(.*)\1$/, '$2')
  if (path === '') return null
  return /^\/[^$`\\"']*$/.test(path) ? path.replace(/(?<=.)\/+$/, '') : usual
}
