// Our settings and our script, and the menu made from both. Killed anywhere in between, the settings show it: they
// count as written when the menu has been made. Pure.
import type { Op } from '../../src/model/action.js'
import type { Actual } from './actual.js'
import { type Aim, oldMenuMark } from './aim.js'
import { parseScript, scriptPath } from './last-good.js'
import { recordTrial, trialPath } from './trial.js'
import { type Way, withOwnPart } from './way.js'

export const rewrite = (aim: Aim, actual: Actual): Pick<RewriteAction, 'reasons' | 'ops'> => {
  const { way, fragment, found, lacks } = aim
  const write = (part: string): Op => ({
    op: 'write',
    path: way.defaults,
    content: withOwnPart(way, actual.defaults, part),
    mode: 0o644,
  })
  const begin = write(`${fragment}${found === 'nothing' || found === 'others' ? newMark : oldMenuMark}`)
  // Where there were no settings, the script is what a later run knows the menu of before by.
  const first = found === 'nothing' ? [...writeScript(aim, actual), begin] : [begin, ...writeScript(aim, actual)]
  return {
    reasons: [...settingsReasons(aim), ...scriptReasons(aim, actual), ...lacks],
    ops: [...first, ...makeMenu(way), ...remember(aim, actual), write(fragment)],
  }
}

type RewriteAction = { readonly reasons: readonly string[]; readonly ops: readonly Op[] }

/** Nothing has changed but that what was tried has booted: it is kept as the last good entry. */
export const isTrialPassed = ({ found, script, kept, trial, lacks }: Aim, actual: Actual): boolean =>
  found === 'these' &&
  lacks.length === 0 &&
  script !== actual.script &&
  trial === null &&
  kept !== null &&
  parseScript(actual.script)?.goodFor !== kept.goodFor

const newMark = '# Not in grub.cfg yet.\n'

/** Five times what a slow host needs. */
const updateTimeout = 300_000

/** grub-mkconfig checks what it has made before it takes the place of grub.cfg; the copy may still be cut short. */
export const makeMenu = ({ update, check, config }: Way): readonly Op[] => [
  { op: 'exec', argv: update, timeout: updateTimeout },
  { op: 'exec', argv: [check, config], timeout: 60_000 },
]

const writeScript = ({ script }: Aim, actual: Actual): readonly Op[] => {
  if (script === actual.script) return []
  return [
    script === null
      ? { op: 'remove', path: scriptPath }
      : { op: 'write', path: scriptPath, content: script, mode: 0o755 },
  ]
}

/**
 * A trial that was a good one is forgotten, and one that was not begun and is no longer wanted; one that failed is
 * remembered. Where nothing can be tried, there is a record of the boot in which the menu was made.
 */
const remember = ({ trial: wanted, kept, digest }: Aim, { trial, boot, memory }: Actual): readonly Op[] => {
  if (wanted !== null) return []
  if (kept?.goodFor !== digest) return trial?.digest === digest ? [] : [recordTrial({ digest, boot }, memory)]
  return trial?.digest === digest || trial?.boot === boot ? [{ op: 'remove', path: trialPath(memory) }] : []
}

const settingsReasons = ({ found, way }: Aim): readonly string[] => {
  if (found === 'these') return []
  if (found === 'these, and an old menu') return [`${way.config} was not made anew`]
  return [`${way.defaults} ${found === 'nothing' ? 'has nothing of what is declared' : 'has not what is declared'}`]
}

const scriptReasons = ({ script, kept, trial }: Aim, actual: Actual): readonly string[] => {
  if (script === actual.script) return []
  if (kept === null) return [`${scriptPath} keeps no entry that could be booted`]
  const { title } = kept.entry
  const isOld = parseScript(actual.script)?.goodFor === kept.goodFor
  if (trial !== null) return [`${title} stays the default until what is declared has been tried`]
  return [isOld ? `${scriptPath} does not keep ${title}` : `the host has booted well with ${title}, which is kept`]
}
