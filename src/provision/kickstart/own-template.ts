// What a site's own template of a kickstart file has to put in, for it is nowhere else: what a template leaves out that was
// written before there was such a thing would be missing on the machine without a word. Pure.
import type { ProvisionFault } from '../fault.js'
import type { AuthorizedKeys } from './accounts.js'
import type { MadeVlan } from './made-vlans.js'
import type { Syntax } from './syntax.js'

type Needed = {
  readonly syntax: Syntax
  readonly vlans: readonly MadeVlan[]
  readonly keys: readonly AuthorizedKeys[]
}

/** `text`: what the template in this file has made. */
export const templateFaults = (
  file: string,
  text: string,
  { syntax, vlans, keys }: Needed,
): readonly ProvisionFault[] => {
  const fault = (message: string, hint: string): ProvisionFault => ({
    template: { file, line: 1, column: 1 },
    message,
    hint,
  })
  const scripts = text.split('\n').filter(line => !line.startsWith('network '))
  const isLeftOut = (part: string): boolean => !scripts.some(line => line.includes(part))
  const [list, partial] = syntax.hasKeyfiles ? ['vlanKeyfiles', 'vlan-keyfile'] : ['vlanIfcfgs', 'vlan-ifcfg']
  return [
    // Whoever reads the file, a validator for one, must know its syntax.
    ...(text.startsWith(`# version: ${syntax.version}\n`)
      ? []
      : [fault('the first line of a kickstart file says which syntax it has', '# version: {{kickstart.version}}')]),
    ...vlans
      .filter(({ name }) => isLeftOut(name))
      .map(({ name }) => fault(`VLAN ${name} has no command, and the template no script for it`, each(list, partial))),
    ...keys
      .filter(one => one.keys.some(key => isLeftOut(materialOf(key))))
      .map(({ user }) =>
        fault(
          `the keys of ${user} have no command, and the template no script for them`,
          each('authorizedKeys', 'authorized-keys'),
        ),
      ),
  ]
}

const each = (list: string, partial: string): string => `{{#each kickstart.${list}}}{{> kickstart/${partial}}}{{/each}}`

/** Of a key that part which no quotes change. */
const materialOf = (key: string): string => /AAAA[^\s]+/.exec(key)?.[0] ?? ''
