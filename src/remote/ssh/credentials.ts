// What this side proves with who it is: the keys of the ssh agent, and those key files that need no passphrase. Keys
// that the configuration names come first, for a server lets one try a few.
import { existsSync, readFileSync } from 'node:fs'
import ssh2, { type AnyAuthMethod, type IdentityCallback, type ParsedKey } from 'ssh2'
import { whyUnreadable } from '../../system/unreadable.js'
import type { Target } from './operator-config.js'

export type Credentials = {
  readonly methods: readonly AnyAuthMethod[]
  /** Why others do not count, for whoever is not let in. */
  readonly unusable: readonly string[]
}

type Usable = Pick<Target, 'user' | 'identityFiles' | 'identitiesOnly' | 'agent'>

export const credentialsOf = ({ user: username, identityFiles, identitiesOnly, agent }: Usable): Credentials => {
  const files = identityFiles.filter(file => existsSync(file)).map(file => ({ file, key: keyIn(file) }))
  const usable = files.filter(({ key }) => !(key instanceof Error))
  const named = identityFiles.flatMap(file => publicBlobs(file))
  const hasAgent = agent !== undefined && existsSync(agent)
  const fromAgent = hasAgent ? [new ChosenKeys(agent, named, identitiesOnly)] : []
  return {
    methods: [
      ...fromAgent.map(chosen => ({ type: 'agent' as const, username, agent: chosen })),
      ...usable.map(({ key }) => ({ type: 'publickey' as const, username, key: key as ParsedKey })),
    ],
    unusable: [
      ...(hasAgent ? [] : ['there is no ssh agent (SSH_AUTH_SOCK)']),
      ...files.flatMap(({ file, key }) => (key instanceof Error ? [`${file}: ${key.message}`] : [])),
    ],
  }
}

const keyIn = (file: string): ParsedKey | Error => {
  const parsed = parsedFile(file)
  if (!(parsed instanceof Error)) return parsed
  return /passphrase|encrypted/i.test(parsed.message) ? new Error('needs a passphrase: ssh-add it') : parsed
}

/** One that cannot be read is none of ours, as one that cannot be parsed. */
const parsedFile = (file: string): ParsedKey | Error => {
  try {
    return ssh2.utils.parseKey(readFileSync(file))
  } catch (error) {
    return new Error(whyUnreadable(error))
  }
}

/** The public half of a key, which may be all that there is of one that only the agent has. */
const publicBlobs = (file: string): readonly Buffer[] =>
  [file, `${file}.pub`].flatMap(path => {
    const parsed = parsedFile(path)
    return parsed instanceof Error ? [] : [parsed.getPublicSSH()]
  })

/** The agent's keys, those that are named first. */
class ChosenKeys extends ssh2.OpenSSHAgent {
  readonly #named: readonly Buffer[]
  readonly #only: boolean

  constructor(socket: string, named: readonly Buffer[], only: boolean) {
    super(socket)
    this.#named = named
    this.#only = only
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    super.getIdentities((error, keys) => {
      if (error) callback(error)
      else callback(undefined, this.#chosen((keys ?? []) as ParsedKey[]))
    })
  }

  #chosen(keys: ParsedKey[]): ParsedKey[] {
    const isNamed = (key: ParsedKey): boolean => this.#named.some(blob => blob.equals(key.getPublicSSH()))
    const others = this.#only ? [] : keys.filter(key => !isNamed(key))
    return [...keys.filter(isNamed), ...others]
  }
}
