// uses: which machines a template or a variable takes part in, and by which places.
import type { Position } from '../../model/diagnostic.js'
import { byCodeUnit } from '../../model/json.js'
import type { CompiledSite } from '../compile.js'
import { type Mention, mentionsIn } from '../parse/mentions.js'

export type Use = {
  readonly how: 'included' | Mention['how'] | 'asked for'
  /** Absent where components ask for a variable. */
  readonly position?: Position
  readonly machines: readonly string[]
}

/** Every name that `usesOf` knows: templates and variables. */
export const usableNames = ({ site, declarations }: CompiledSite): readonly string[] => [
  ...site.templateNames(),
  ...declarations.keys(),
]

/** Where a template is included, or a variable is set, read, or asked for by components; each with its machines. */
export const usesOf = (compiled: CompiledSite, name: string): readonly Use[] => {
  const included = new Map<string, Use>()
  for (const { name: machine, inclusions } of compiled.compositions.values()) {
    for (const { position } of inclusions.filter(inclusion => inclusion.name === name)) {
      if (position === undefined) continue
      const key = JSON.stringify(position)
      const machines = new Set([...(included.get(key)?.machines ?? []), machine])
      included.set(key, { how: 'included', position, machines: [...machines] })
    }
  }
  const mentioned = usedFiles(compiled).flatMap(({ mentions, machines }) =>
    mentions.filter(mention => mention.name === name).map(({ how, position }): Use => ({ how, position, machines })),
  )
  const asking = [...compiled.compositions.keys()].filter(machine => compiled.machines.asked(machine).has(name))
  const asked: readonly Use[] = asking.length === 0 ? [] : [{ how: 'asked for', machines: asking }]
  return [...[...included.values(), ...mentioned].sort(byPosition), ...asked]
}

export type UsedFile = {
  readonly file: string
  readonly mentions: readonly Mention[]
  readonly machines: readonly string[]
}

/** Every file that takes part in a machine. */
export const usedFiles = ({ site, compositions }: CompiledSite): readonly UsedFile[] => {
  const files = new Map([[site.config.file, { root: site.config.root, machines: new Set(compositions.keys()) }]])
  for (const { name, inclusions } of compositions.values()) {
    for (const { file } of inclusions) {
      const used = files.get(file.file) ?? { root: file.root, machines: new Set() }
      files.set(file.file, used)
      used.machines.add(name)
    }
  }
  return [...files].map(([file, { root, machines }]) => ({
    file,
    mentions: root === undefined ? [] : mentionsIn(root),
    machines: [...machines],
  }))
}

const byPosition = ({ position: a }: Use, { position: b }: Use): number =>
  byCodeUnit(a?.file ?? '', b?.file ?? '') || (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0)
