// How the provisioning verbs tell what keeps a file from being made: at the profile's line; where a text template is to
// blame, or needs what is missing, it says which.

import type { CompiledSite } from '../compiler/compile.js'
import { placeInFile } from '../compiler/judge/check-site.js'
import type { Problems } from '../compiler/problems.js'
import type { ProvisionFault } from '../provision/fault.js'

export const tellFault = (
  add: Problems['error'],
  compiled: CompiledSite,
  machine: string,
  { message, hint, pointer, template }: ProvisionFault,
): void => {
  if (pointer === undefined) {
    add('provision', message, { machine, position: template, hint })
    return
  }
  const position = placeInFile(compiled, { machine, pointer })
  const needed = template === undefined ? '' : ` (${template.file}:${template.line} needs it)`
  add('provision', message + needed, { machine, pointer, position, hint })
}
