// What a host's own administrators have its agent go by: the options of its service. A run that comes from elsewhere
// goes by the same keys and the same memory, and so by the same lock. Pure.

import { settingOf, wordsOf } from './environment-file.js'

/** What the Debian package installs, and systemd reads (EnvironmentFile of systemd.exec(5)). */
export const hostOptionsFile = '/etc/default/xenclosure-agent'

const taken = ['--trust', '--state']

/** Of the file's text, `--trust FILE` and `--state DIR`, as arguments. */
export const hostOptions = (text: string): readonly string[] => {
  const words = wordsOf(settingOf(text, 'OPTIONS') ?? '').flatMap(
    word => /^(--[a-z]+)=(.*)$/s.exec(word)?.slice(1) ?? [word],
  )
  return words.flatMap((word, index) => (taken.includes(word) ? [word, words[index + 1] ?? ''] : []))
}
