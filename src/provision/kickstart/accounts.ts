// root, the users and who may log in as them. Passwords are hashes: the schema takes nothing else. Pure.
import { printPointer } from '../../model/pointer.js'
import type { System } from '../../model/schemas/system.js'
import { sorted } from '../../model/sorted.js'
import type { ProvisionFault } from '../fault.js'
import { command } from './command.js'
import type { Syntax } from './syntax.js'

type Kickstart = NonNullable<System['kickstart']>

export type AuthorizedKeys = { readonly user: string; readonly keys: readonly string[] }

export const accountsOf = (kickstart: Kickstart, { hasSshKey }: Syntax): readonly string[] => [
  kickstart.rootpw === undefined
    ? command('rootpw', { lock: true })
    : command('rootpw', { iscrypted: true }, kickstart.rootpw),
  ...usersOf(kickstart).map(([name, { password, groups, uid, gid, homedir, shell, gecos }]) =>
    command('user', {
      name,
      ...(password === undefined ? { lock: true } : { iscrypted: true, password }),
      ...{ uid, gid, homedir, shell, gecos },
      groups: groups?.join(',') || undefined,
    }),
  ),
  ...(hasSshKey
    ? authorizedKeys(kickstart).flatMap(({ user, keys }) => keys.map(key => command('sshkey', { username: user }, key)))
    : []),
]

/** Who may log in by which keys: root first. */
export const authorizedKeys = (kickstart: Kickstart): readonly AuthorizedKeys[] =>
  [['root', kickstart] as const, ...usersOf(kickstart)].flatMap(([user, { ssh_keys: keys = [] }]) =>
    keys.length === 0 ? [] : [{ user, keys }],
  )

/** Hashes that the machine's version cannot compare a password with: whoever has one could not log in. */
export const accountFaults = (kickstart: Kickstart, { version, hashes }: Syntax): readonly ProvisionFault[] =>
  [
    { pointer: '/system/kickstart/rootpw', hash: kickstart.rootpw },
    ...usersOf(kickstart).map(([name, { password }]) => ({
      pointer: printPointer(['system', 'kickstart', 'users', name, 'password']),
      hash: password,
    })),
  ].flatMap(({ pointer, hash }) => {
    const method = hash?.split('$')[1]
    if (method === undefined || hashes.includes(method)) return []
    const known = hashes.map(one => `$${one}$`).join(', ')
    return [
      {
        pointer,
        message: `${version} cannot compare a password with $${method}$, only with ${known}`,
        hint: 'openssl passwd -6',
      },
    ]
  })

const usersOf = ({ users = {} }: Kickstart) => sorted(users)
