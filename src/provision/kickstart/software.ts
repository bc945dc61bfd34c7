// Where packages come from, and which are installed: /software. Pure.
import type { Software } from '../../model/schemas/software.js'
import { sorted } from '../../model/sorted.js'
import type { ProvisionFault } from '../fault.js'
import { command } from './command.js'
import type { Syntax } from './syntax.js'

/** `url`, `repo` and `module`. */
export const sourcesOf = (url: string, { repositories = {}, modules = {} }: Software): readonly string[] => [
  command('url', { url }),
  ...sorted(repositories).map(([name, { install = true, ...places }]) => command('repo', { name, ...places, install })),
  ...sorted(modules).map(([name, { stream }]) => command('module', { name, stream })),
]

/** The lines of %packages: groups, packages, and what is left out of them. */
export const packagesOf = ({ groups = { core: {} }, packages = {} }: Software): readonly string[] => [
  ...sorted(groups).map(([name]) => `@${name}`),
  ...sorted(packages).map(([name, { ensure }]) => (ensure === 'absent' ? `-${name}` : name)),
]

/** What the machine's version of kickstart cannot say. */
export const softwareFaults = (
  { repositories = {}, modules = {} }: Software,
  syntax: Syntax,
): readonly ProvisionFault[] => [
  ...sorted(repositories).flatMap(([name, { baseurl, mirrorlist, metalink }]) =>
    [baseurl, mirrorlist, metalink].filter(Boolean).length === 1
      ? []
      : [
          {
            pointer: `/software/repositories/${name}`,
            message: 'a repository has one of baseurl, mirrorlist, metalink',
          },
        ],
  ),
  ...sorted(repositories).flatMap(([name, { metalink }]) =>
    metalink === undefined || syntax.hasMetalink
      ? []
      : [
          {
            pointer: `/software/repositories/${name}/metalink`,
            message: `${syntax.version} has no metalink`,
            hint: 'baseurl or mirrorlist',
          },
        ],
  ),
  ...sorted(modules).flatMap(([name]) =>
    syntax.hasModule ? [] : [{ pointer: `/software/modules/${name}`, message: `${syntax.version} has no modules` }],
  ),
]
