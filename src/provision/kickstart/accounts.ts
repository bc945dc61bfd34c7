// root, the users and who may log in as them. Passwords are hashes: the schema takes nothing else. Pure.
import type { System } from '../../model/schemas/system.js'
import { sorted } from '../../model/sorted.js'
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
      groups: groups?.join(','),
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

const usersOf = ({ users = {} }: Kickstart) => sorted(users)
