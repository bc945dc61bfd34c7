// sound: which machines of a site with mistakes may be published all the same (`compile --keep-going`). A machine is
// broken where a diagnostic names it, where a file that it is made of has a mistake, or where one of its children is.
import { type Diagnostic, isError } from '../../model/diagnostic.js'
import { byCodeUnit } from '../../model/json.js'
import type { CompiledSite, CompileResult } from '../compile.js'
import type { Composition } from '../compose/include.js'
import { lockFile } from '../site/lock-file.js'

export type Soundness = { readonly sound: readonly string[]; readonly broken: readonly string[] }

/** The machines by soundness; undefined where a mistake is no machine's own, so that none can be trusted. */
export const soundnessOf = ({ compiled, diagnostics }: CompileResult): Soundness | undefined => {
  if (compiled === undefined) return undefined
  const errors = diagnostics.filter(isError)
  const ofFiles = errors.filter(({ machines }) => machines.length === 0)
  if (!ofFiles.every(error => isOfTemplateOrProfile(error, compiled))) return undefined
  const named = new Set(errors.flatMap(({ machines }) => machines))
  const wrongFiles = new Set(ofFiles.map(({ position }) => position?.file))
  const own = [...compiled.compositions.values()].filter(
    composition =>
      !composition.complete || named.has(composition.name) || filesOf(composition).some(file => wrongFiles.has(file)),
  )
  const isBroken = (name: string, above: readonly string[] = []): boolean =>
    own.some(composition => composition.name === name) ||
    compiled.machines.parentage
      .children(name)
      .some(child => !above.includes(child.name) && isBroken(child.name, [...above, name]))
  const names = [...compiled.compositions.keys()].sort(byCodeUnit)
  return { sound: names.filter(name => !isBroken(name)), broken: names.filter(name => isBroken(name)) }
}

const filesOf = ({ position, inclusions }: Composition): readonly string[] => [
  position.file,
  ...inclusions.map(({ file }) => file.file),
]

/** A mistake in a YAML file that only those machines see that are made of it. */
const isOfTemplateOrProfile = ({ position }: Diagnostic, { site }: CompiledSite): boolean =>
  position?.file.endsWith('.yaml') === true &&
  ![site.config.file, lockFile, ...site.policies().map(({ file }) => file)].includes(position.file)
