// Where packages come from, and which are installed: /software. Pure.
import { byCodeUnit } from '../../model/json.js'
import type { Software } from '../../model/schemas/software.js'
import type { ProvisionFault } from '../fault.js'
import { command } from './command.js'
import type { Syntax } from './syntax.js'

/** `url`, `repo` and `module`. */
export const sourcesOf = (url: string, { repositories = {}, modules = {} }: Software): readonly string[] => [
  command('url', { url }),
  ...inOrder(repositories).map(([name, { install = true, ...places }]) =>
    command('repo', { name, ...places, install }),
  ),
  ...inOrder(modules).map(([name, { stream }]) => command('module', { name, stream })),
]

/** The lines of %packages: groups, packages, and what is left out of them. */
export const packagesOf = ({ groups = { core: {} }, packages = {} }: Software): readonly string[] => [
  ...inOrder(groups).map(([name]) => `@${name}`),
  ...inOrder(packages).map(([name, { ensure }]) => (ensure === 'absent' ? `-${name}` : name)),
]

/** What the machine's version of kickstart cannot say. */
export const softwareFaults = (
  { repositories = {}, modules = {} }: Software,
  syntax: Syntax,
): readonly ProvisionFault[] => [
  ...inOrder(repositories).flatMap(([name, { baseurl, mirrorlist, metalink }]) =>
    [baseurl, mirrorlist, metalink].filter(Boolean).length === 1
      ? []
      : [
          {
            pointer: `/software/repositories/${name}`,
            message: 'a repository has one of baseurl, mirrorlist, metalink',
          },
        ],
  ),
  ...inOrder(repositories).flatMap(([name, { metalink }]) =>
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
  ...inOrder(modules).flatMap(([name]) =>
    syntax.hasModule ? [] : [{ pointer: `/software/modules/${name}`, message: `${syntax.version} has no modules` }],
  ),
]

const inOrder = <T>(map: { readonly [name: string]: T }): readonly (readonly [string, T])[] =>
  Object.entries(map).sort(([a], [b]) => byCodeUnit(a, b))
