// What shall stand on the host: our settings, the script that keeps the last good entry, and whether the next boot is a
// trial. Pure.
import type { Actual } from './actual.js'
import type { GRUB } from './desired.js'
import { bootDigest, printFragment } from './fragment.js'
import { allEntries, type MenuItem } from './grub-config.js'
import { keptId, type LastGood, parseScript, printScript } from './last-good.js'
import { configLacks, defaultEntryOf, rebootReasons } from './reasons.js'
import { isRunning } from './running.js'
import { ownPart, type Way } from './way.js'

export type Aim = {
  readonly way: Way
  readonly fragment: string
  /** What is left of it on the host. */
  readonly found: Found
  /** Null where no entry is known to be good. */
  readonly script: string | null
  /** Of what is declared (fragment.ts). */
  readonly digest: string
  /** What is kept; null as above. */
  readonly kept: LastGood | null
  /** The digest to be tried; null where what is declared is known to be good, or can't be tried. */
  readonly trial: string | null
  /** Why a change is not tried once before it is the default; null where it is. */
  readonly obstacle: string | null
  /** What grub.cfg lacks. */
  readonly lacks: readonly string[]
  /** What this boot lacks. */
  readonly waits: readonly string[]
}

/** What stands where our settings belong. */
export type Found = 'nothing' | 'others' | 'others that boot the same' | 'these, and an old menu' | 'these'

/** Behind our settings until the menu was made with a new script: it has been made with them. */
export const oldMenuMark = '# The last good entry is not in grub.cfg yet.\n'

export const aimOf = (desired: GRUB, actual: Actual, way: Way): Aim => {
  const fragment = printFragment(desired, way, actual.isReplacedUnderXen)
  const found = findOwn(fragment, ownPart(way, actual.defaults))
  const lacks = configLacks(desired, actual)
  const waits = rebootReasons(desired, actual)
  const digest = bootDigest(desired)
  const isInMenu = found !== 'others' && configLacks(withoutTimeout(desired), actual).length === 0
  const isGood = isInMenu && waits.length === 0 && isBooted(digest, actual)
  const kept = keep(actual, isGood ? digest : null)
  const obstacle =
    kept === null ? 'no entry of the menu is what runs, so there is none to come back to' : actual.obstacle
  const trial = kept?.goodFor === digest || obstacle !== null ? null : digest
  return {
    ...{ way, fragment, found, digest, kept, trial, obstacle, lacks, waits },
    script: kept === null ? null : printScript(kept, trial, way),
  }
}

const findOwn = (fragment: string, own: string | null): Found => {
  if (own === null) return 'nothing'
  if (own === fragment) return 'these'
  if (own === `${fragment}${oldMenuMark}`) return 'these, and an old menu'
  return bootPart(own.replace(oldMenuMark, '')) === bootPart(fragment) ? 'others that boot the same' : 'others'
}

const bootPart = (settings: string): string => settings.replace(/^GRUB_TIMEOUT=.*\n/m, '')

const withoutTimeout = ({ timeout: _, ...boots }: GRUB): GRUB => boots

/**
 * Whether this boot is that of the default entry: by a trial of it, or as far as its versions and options tell. An
 * entry that was made in this very boot is not what was booted, however much it looks like it.
 */
const isBooted = (digest: string, actual: Actual): boolean => {
  const { running, trial, boot } = actual
  if (trial?.digest === digest && trial.boot === boot) return false
  const entry = defaultEntryOf(actual)
  return running.trial === digest || (entry !== undefined && isRunning(entry, running))
}

/** `digest` is what this boot has shown to be good; null while it has not. What was kept stays until another is good. */
const keep = (actual: Actual, digest: string | null): LastGood | null => {
  const before = parseScript(actual.script)
  if (before !== null && digest === null) return before
  const entry = runningEntry(actual) ?? (digest === null ? undefined : defaultEntryOf(actual))
  return entry === undefined ? before : { entry, goodFor: digest }
}

/** The default where it is as good as another one. */
const runningEntry = (actual: Actual): MenuItem | undefined => {
  const entries = [defaultEntryOf(actual) ?? [], allEntries(actual.config.items)].flat()
  return entries.find(entry => entry.id !== keptId && isRunning(entry, actual.running))
}
