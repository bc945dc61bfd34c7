// The scripts of a kickstart file: the site's hooks, sections each. Pure.
import type { System } from '../../model/schemas/system.js'
import type { ProvisionFault } from '../fault.js'
import { command } from './command.js'
import { lineEnd } from './lines.js'

type Hooks = NonNullable<NonNullable<System['kickstart']>['hooks']>
type Hook = NonNullable<Hooks['post']>[number]

/** `%post --log=...` and what stands between it and its `%end`. */
export type Script = { readonly section: string; readonly text: string }

export type Scripts =
  | { readonly ok: true; readonly scripts: readonly Script[] }
  | { readonly ok: false; readonly fault: ProvisionFault }

/** What a hook's template gives. */
export type RenderHook = (template: string) => { ok: true; text: string } | { ok: false; fault: ProvisionFault }

const stages = ['pre', 'post', 'onerror'] as const

/** A hook that fails fails the installation: it is better known then than later. */
export const scriptsOf = (hooks: Hooks, render: RenderHook): Scripts => {
  const scripts: Script[] = []
  for (const stage of stages) {
    for (const [index, hook] of (hooks[stage] ?? []).entries()) {
      const pointer = `/system/kickstart/hooks/${stage}/${index}`
      if ((hook.script === undefined) === (hook.template === undefined))
        return { ok: false, fault: { pointer, message: 'a hook is either a script or a template' } }
      const given = hook.template === undefined ? { ok: true as const, text: hook.script ?? '' } : render(hook.template)
      if (!given.ok) return { ok: false, fault: atHook(given.fault, `${pointer}/template`) }
      const fault = faultIn(given.text, pointer)
      if (fault !== undefined) return { ok: false, fault }
      scripts.push({ section: sectionOf(stage, index, hook), text: given.text.trimEnd() })
    }
  }
  return { ok: true, scripts }
}

/** Where no template is to blame, the hook that names it is. */
const atHook = (fault: ProvisionFault, pointer: string): ProvisionFault =>
  fault.template === undefined ? { pointer, ...fault } : fault

const sectionOf = (stage: (typeof stages)[number], index: number, { interpreter, chroot = true }: Hook): string =>
  command(`%${stage}`, {
    interpreter,
    nochroot: stage === 'post' && !chroot,
    erroronfail: stage !== 'onerror',
    log:
      stage === 'post' && chroot ? `/root/kickstart-post-${index + 1}.log` : `/tmp/kickstart-${stage}-${index + 1}.log`,
  })

/**
 * What pykickstart looks for at the beginning of a line, indented or not and whatever the script's language: the end of the
 * section, the beginning of another one (its parser.py, setupSections), and what is put in from elsewhere.
 */
const directive =
  /^\s*%((end|include|pre|pre-install|post|onerror|traceback|packages|addon|anaconda|certificate)(?!\S)|ksappend)/

const faultIn = (text: string, pointer: string): ProvisionFault | undefined => {
  const line = text.split(lineEnd).find(one => directive.test(one))
  return line === undefined
    ? undefined
    : {
        pointer,
        message: `a line of the script begins with ${line.trim()}, which the installer takes for its own, also where it is indented`,
        hint: "let the line begin with something else: printf '%s\\n' %end",
      }
}
