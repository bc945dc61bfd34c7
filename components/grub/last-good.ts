// The script of /etc/grub.d that keeps the entry that the host booted well with, under an id of its own, and makes it
// the default while another one is tried. A trial is what GRUB boots once where its environment says
// `next_entry=xenclosure-trial`: the entry that is the default otherwise, with `panic=` for its kernel. Pure.
import { type MenuItem, parseMenu } from './grub-config.js'
import { trialMark } from './running.js'
import type { Way } from './way.js'

/** Behind all others: places in the menu, by which a default may be given, stay as they are. */
export const scriptPath = '/etc/grub.d/50_xenclosure'

export const keptId = 'xenclosure-last-good'
export const trialId = 'xenclosure-trial'
/** GRUB's variable at the end of every kernel command line; empty but in a trial. */
export const trialVariable = 'xenclosure_trial'

export type LastGood = {
  readonly entry: MenuItem
  /** The digest of the declaration that it was booted with; null where it was another's. */
  readonly goodFor: string | null
}

const suffix = ' (last good)'

/** Seconds, as initramfs-tools counts them too. dracut has options of its own. */
const restartAfter = { Debian: 'panic=30', 'Red Hat': 'panic=30 rd.shell=0 rd.emergency=reboot' } as const

/** `trial` is the digest that is to be tried; null while nothing is. */
export const printScript = ({ entry, goodFor }: LastGood, trial: string | null, way: Way): string => {
  const files = filesOf(entry).map(file => `"/boot/${file}"`)
  const lines = [
    '#!/bin/sh',
    '# Written by xenclosure, and overwritten: the last entry that this host booted well with.',
    `# Good for: ${goodFor ?? 'nothing declared'}`,
    'set -e',
    'wanted="${GRUB_DEFAULT:-0}"',
    `if [ "$wanted" = saved ]; then wanted='\${saved_entry}'; fi`,
    ...(trial === null ? [] : countEntries),
    'cat <<END',
    ...chooseTrial(trial, way),
    'END',
    '# Where a file has gone, so has the entry.',
    `for file in ${files.join(' ')}; do [ -e "$file" ] || exit 0; done`,
    ...(trial === null ? [] : keepDefault),
    "cat <<'END'",
    `menuentry '${entry.title.replaceAll("'", "'\\''")}${suffix}' --class xenclosure $menuentry_id_option '${keptId}' {`,
    ...entry.body.map(withoutTrial),
    '}',
    'END',
  ]
  return lines.map(line => `${line}\n`).join('')
}

/** What such a script keeps; null where it is none of ours. */
export const parseScript = (script: string | null): LastGood | null => {
  const goodFor = /^# Good for: (.+)$/m.exec(script ?? '')?.[1]
  const entry = parseMenu((script ?? '').split('\n')).find(({ id }) => id === keptId)
  if (goodFor === undefined || entry === undefined) return null
  const title = entry.title.replace(suffix, '')
  return { entry: { ...entry, title }, goodFor: /^[0-9a-f]+$/.test(goodFor) ? goodFor : null }
}

/** An entry's text as it is kept: a trial adds nothing to it. */
export const withoutTrial = (line: string): string => line.replace(` \${${trialVariable}}`, '')

const filesOf = ({ xen, linux, body }: MenuItem): readonly string[] => {
  const ramdisks = body.flatMap(
    line => /^\s*(?:initrd|module2?\s+--nounzip)\s+(.*)$/.exec(line)?.[1]?.split(/\s+/) ?? [],
  )
  const names = [xen?.file, linux?.file, ...ramdisks.map(path => path.replace(/^.*\//, ''))]
  return [...new Set(names.filter(name => name !== undefined && name !== ''))] as string[]
}

/**
 * GRUB falls back to an entry by its place alone (Red Hat's also by its id): how many entries and submenus are in the
 * new menu so far. None is said where some stand under a condition, and may be there or not.
 */
const countEntries = [
  'menu="$(readlink "/proc/$$/fd/1")"',
  `place="$([ ! -f "$menu" ] || awk '`,
  '  /^(menuentry|submenu) / { entries++; inside = 1 }',
  '  /^}/ { inside = 0 }',
  '  /^[ \\t]+(menuentry|submenu) / && !inside { unsure = 1 }',
  '  END { if (!unsure) print entries + 0 }',
  `' "$menu")"`,
]

/** The part of grub.cfg that takes the trial's name for the entry that is the default otherwise. */
const chooseTrial = (trial: string | null, way: Way): readonly string[] => [
  `if [ "\\\${default}" = ${trialId} ]; then`,
  '  set default="$wanted"',
  ...(trial === null
    ? []
    : [`  set ${trialVariable}="${trialMark}${trial} ${restartAfter[way.name]}"`, `  export ${trialVariable}`]),
  'fi',
]

/** What an administrator had GRUB boot once is booted. */
const keepDefault = [
  'cat <<END',
  `if [ "\\\${${trialVariable}}" ]; then`,
  '  set fallback="$place"',
  'else',
  '  if [ "\\${boot_once}" ]; then',
  '    true',
  '  else',
  `    set default=${keptId}`,
  '  fi',
  'fi',
  'END',
]
