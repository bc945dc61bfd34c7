// templates: the layers that includes of templates come to, each built once where it is the same for every machine: where
// nothing in it depends on a machine's variables, and there was nothing to tell. Part of include.ts.

import { type BuiltLayer, buildLayer, type Include } from '../parse/layer.js'
import type { YamlMap } from '../parse/load.js'
import type { Layer } from '../parse/node.js'
import { countTold, type Problems } from '../problems.js'
import type { SiteFile } from '../site/file-reader.js'
import { type EarlyVariables, fillInsOf } from './early.js'
import { identify } from './parameter-set.js'
import { declaredParameters, type Parameters } from './parameters.js'

/** A layer, and whether it is the same for every machine that has it. */
export type Step = { readonly layer: BuiltLayer; readonly isCommon: boolean }

/** The parameters that a template is included with, and whether machines share them. */
export type Taken = {
  readonly template: string
  readonly isCommon: boolean
  readonly parameters: Parameters
  /** The same text for the same template and the same set. */
  readonly key: string
}

export type Templates = {
  /** Of an include that stands in a layer; undefined where what it gives does not fit, which has been reported. */
  readonly taken: (file: SiteFile, include: Include, includer: Step, problems: Problems) => Taken | undefined
  readonly layer: (taken: Taken, file: SiteFile & { root: YamlMap }, early: EarlyVariables, problems: Problems) => Step
}

export const createTemplates = (): Templates => {
  const byInclude = new WeakMap<Include, Taken>()
  /** Those that give no parameters, by file and name. */
  const plain = new Map<string, Taken>()
  const common = new WeakMap<Taken, Step>()
  return {
    taken: (file, include, includer, problems) => {
      const { template } = include
      const isPlain = include.parameters === undefined
      const known = isPlain ? plain.get(`${file.file}\n${template}`) : byInclude.get(include)
      if (known !== undefined) return known
      const told = countTold(problems)
      const parameters = declaredParameters(file, include, told)
      if (parameters === undefined) return undefined
      const isCommon = (isPlain || includer.isCommon) && told.count() === 0
      const taken = { template, isCommon, parameters, key: `${file.file}\n${identify(parameters)}` }
      if (isCommon && isPlain) plain.set(`${file.file}\n${template}`, taken)
      else if (isCommon) byInclude.set(include, taken)
      return taken
    },
    layer: (taken, { root }, early, problems) => {
      const known = common.get(taken)
      if (known !== undefined) return known
      const { values, types } = taken.parameters
      const layer: Layer = { name: taken.template, parameters: values, parameterTypes: types }
      const told = countTold(problems)
      const fillIn = fillInsOf(layer, early, told)
      const built = buildLayer(root, { layer, fillIn, problems: told })
      const isCommon = taken.isCommon && !fillIn.isOfMachine() && told.count() === 0
      const step = { layer: built, isCommon }
      if (isCommon) common.set(taken, step)
      return step
    },
  }
}
