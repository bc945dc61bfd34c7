// Our reading of the documentation of kickstart: of each command and option that we print, in which versions it is and what it
// takes, with the source of each row. Written down apart from the code that prints them. The sources are files of
// pykickstart (commands/*.py, by the classes that its handlers rhel7.py, rhel8.py, rhel9.py, f40.py to f46.py name). Its
// ksvalidator takes warnings for errors, so what is deprecated or defined twice is refused here, too.

/** What an option takes: nothing, a text, a list between commas, a number, yes or no, or one of these words. */
type Kind = 'flag' | 'text' | 'list' | 'number' | 'boolean' | readonly string[]

type Row = {
  readonly command: string
  readonly in: readonly string[]
  readonly source: string
  readonly options?: { readonly [option: string]: Kind }
  /** How many values stand behind the options. Default: none. */
  readonly values?: readonly [least: number, most: number]
  readonly required?: readonly string[]
  /** Of which there is one, or at most one. */
  readonly oneOf?: readonly string[]
  readonly atMostOneOf?: readonly string[]
  /** What may not be the same in two lines. */
  readonly unique?: (line: Line) => string | undefined
  /** What is wrong with it behind these lines. */
  readonly wrong?: (line: Line, before: readonly Line[]) => string | undefined
}

export type Line = {
  readonly command: string
  readonly options: { readonly [option: string]: string }
  readonly values: readonly string[]
}

const fedora = ['F40', 'F41', 'F42', 'F43', 'F44', 'F45', 'F46']
const [since9, since8] = [
  ['RHEL9', ...fedora],
  ['RHEL8', 'RHEL9', ...fedora],
]
export const versions: readonly string[] = ['RHEL7', ...since8]

const rows: readonly Row[] = [
  { command: 'text', in: versions, source: 'displaymode.py: FC3_, F26_DisplayMode' },
  { command: 'zerombr', in: versions, source: 'zerombr.py: F9_ZeroMbr' },
  { command: 'skipx', in: versions, source: 'skipx.py: FC3_SkipX' },
  ...['reboot', 'poweroff', 'halt'].map(
    (command): Row => ({
      ...{ command, in: versions, source: 'reboot.py: F18_, F23_Reboot' },
      unique: () => 'an end',
    }),
  ),
  { command: 'eula', in: versions, source: 'eula.py: F20_Eula', options: { agreed: 'flag' }, required: ['agreed'] },
  {
    ...{ command: 'firstboot', in: versions, source: 'firstboot.py: FC3_Firstboot' },
    options: { disabled: 'flag', enabled: 'flag', reconfig: 'flag' },
    atMostOneOf: ['disabled', 'enabled', 'reconfig'],
  },
  { command: 'lang', in: versions, source: 'lang.py: F19_Lang', options: { addsupport: 'list' }, values: [1, 1] },
  {
    ...{ command: 'keyboard', in: versions, source: 'keyboard.py: F18_Keyboard' },
    options: { vckeymap: 'text', xlayouts: 'list', switch: 'list' },
    oneOf: ['vckeymap', 'xlayouts'],
  },
  {
    ...{ command: 'timezone', in: ['RHEL7', 'RHEL8'], source: 'timezone.py: RHEL7_, F25_Timezone' },
    options: { utc: 'flag', isUtc: 'flag', nontp: 'flag', ntpservers: 'list' },
    values: [0, 1],
    atMostOneOf: ['nontp', 'ntpservers'],
  },
  {
    // F33 deprecates --isUtc, --nontp and --ntpservers, F40 removes them.
    ...{ command: 'timezone', in: since9, source: 'timezone.py: F33_, F40_Timezone' },
    options: { utc: 'flag' },
    values: [0, 1],
  },
  {
    ...{ command: 'timesource', in: since9, source: 'timesource.py: F33_Timesource' },
    options: { 'ntp-server': 'text', 'ntp-pool': 'text', 'ntp-disable': 'flag', nts: 'flag' },
    oneOf: ['ntp-server', 'ntp-pool', 'ntp-disable'],
  },
  {
    ...{ command: 'url', in: ['RHEL7'], source: 'url.py: RHEL7_Url' },
    options: { url: 'text', mirrorlist: 'text' },
    oneOf: ['url', 'mirrorlist'],
  },
  {
    ...{ command: 'url', in: since8, source: 'url.py: RHEL8_, F30_Url' },
    options: { url: 'text', mirrorlist: 'text', metalink: 'text' },
    oneOf: ['url', 'mirrorlist', 'metalink'],
  },
  ...[
    { in: ['RHEL7'], places: ['baseurl', 'mirrorlist'], source: 'repo.py: RHEL7_Repo' },
    { in: since8, places: ['baseurl', 'mirrorlist', 'metalink'], source: 'repo.py: RHEL8_, F33_, F40_Repo' },
  ].map(
    ({ in: versions, places, source }): Row => ({
      ...{ command: 'repo', in: versions, source },
      options: {
        ...{ name: 'text', cost: 'number', install: 'flag' },
        ...Object.fromEntries(places.map(place => [place, 'text'])),
      },
      required: ['name'],
      // None is for those that the installer has by itself; ours are not.
      oneOf: places,
      unique: ({ options }: Line) => options.name,
      wrong: ({ options }: Line) =>
        /\s/.test(options.name ?? '') ? 'a name of a repository has no spaces' : undefined,
    }),
  ),
  {
    // Fedora 41 deprecates it, Fedora 45 removes it (F41_, F45_Module): there are no modules any more.
    ...{ command: 'module', in: ['RHEL8', 'RHEL9'], source: 'module.py: RHEL8_, F31_Module' },
    options: { name: 'text', stream: 'text', disable: 'flag' },
    required: ['name'],
  },
  {
    ...{ command: 'network', in: versions, source: 'network.py: RHEL7_, F27_, RHEL9_, F39_Network' },
    options: {
      ...{ device: 'text', onboot: 'boolean', hostname: 'text', nameserver: 'list', nodefroute: 'flag' },
      ...{
        bootproto: ['dhcp', 'bootp', 'static', 'ibft'],
        ip: 'text',
        netmask: 'text',
        gateway: 'text',
        noipv4: 'flag',
      },
      ...{ ipv6: 'text', ipv6gateway: 'text', noipv6: 'flag' },
      ...{ bondslaves: 'list', bondopts: 'list', vlanid: 'number', interfacename: 'text' },
      ...{ bridgeslaves: 'list', bridgeopts: 'list', mtu: 'number' },
    },
    unique: ({ options }) => options.device ?? '',
    wrong: ({ options }, before) => wrongNetwork(options, before),
  },
  {
    ...{ command: 'ignoredisk', in: versions, source: 'ignoredisk.py: F14_, F29_, F34_IgnoreDisk' },
    options: { drives: 'list', 'only-use': 'list' },
    oneOf: ['drives', 'only-use'],
  },
  {
    ...{ command: 'clearpart', in: versions, source: 'clearpart.py: RHEL7_, F28_ClearPart' },
    options: { all: 'flag', linux: 'flag', none: 'flag', initlabel: 'flag', drives: 'list' },
    oneOf: ['all', 'linux', 'none'],
  },
  { command: 'reqpart', in: versions, source: 'reqpart.py: RHEL7_, F23_ReqPart', options: { 'add-boot': 'flag' } },
  {
    ...{ command: 'part', in: versions, source: 'partition.py: RHEL7_, RHEL8_, RHEL9_, F34_, F41_Partition' },
    options: { fstype: 'text', fsoptions: 'text', size: 'number', grow: 'flag', ondisk: 'text' },
    values: [1, 1],
    required: ['size', 'ondisk'],
    unique: ({ values: [place = ''] }) => (place === 'swap' ? undefined : normal(place)),
    wrong: ({ options, values: [place = ''] }) =>
      options.fstype === 'tmpfs' ? 'tmpfs lies on no disk' : wrongPlace(place),
  },
  {
    ...{ command: 'part', in: ['RHEL8', 'RHEL9'], source: 'partition.py: RHEL8_, RHEL9_Partition' },
    wrong: ({ options }) => (options.fstype === 'btrfs' ? 'btrfs is not supported' : undefined),
  },
  {
    ...{ command: 'volgroup', in: versions, source: 'volgroup.py: RHEL7_, RHEL8_, RHEL9_, F21_VolGroup' },
    options: { pesize: 'number', 'reserved-space': 'number', 'reserved-percent': 'number' },
    values: [2, 1000],
    unique: ({ values }) => values[0],
    wrong: ({ values: [, ...volumes] }, before) => {
      const parts = before.flatMap(({ command, values }) => (command === 'part' ? values : []))
      const taken = before.flatMap(({ command, values }) => (command === 'volgroup' ? values.slice(1) : []))
      return volumes.every(one => parts.includes(one) && !taken.includes(one)) ? undefined : 'a volume that is none'
    },
  },
  {
    ...{ command: 'logvol', in: versions, source: 'logvol.py: RHEL7_, RHEL8_, RHEL9_, F29_LogVol' },
    options: { vgname: 'text', name: 'text', fstype: 'text', fsoptions: 'text', size: 'number', percent: 'number' },
    values: [1, 1],
    required: ['vgname', 'name'],
    oneOf: ['size', 'percent'],
    unique: ({ options }) => `${options.vgname}/${options.name}`,
    wrong: ({ options, values: [place = ''] }, before) =>
      before.some(({ command, values }) => command === 'volgroup' && values[0] === options.vgname)
        ? wrongPlace(place)
        : 'no such volume group',
  },
  {
    ...{ command: 'logvol', in: ['RHEL8', 'RHEL9'], source: 'logvol.py: RHEL8_, RHEL9_LogVol' },
    wrong: ({ options }) => (options.fstype === 'btrfs' ? 'btrfs is not supported' : undefined),
  },
  {
    ...{ command: 'bootloader', in: versions, source: 'bootloader.py: RHEL7_, RHEL8_, RHEL9_, F39_Bootloader' },
    options: { append: 'text', 'boot-drive': 'text', iscrypted: 'flag', password: 'text' },
    wrong: ({ options }) => {
      if (options['boot-drive']?.includes(',')) return 'one drive alone'
      return (options.iscrypted === undefined) === (options.password === undefined) ? undefined : 'a hash, and said so'
    },
  },
  {
    ...{ command: 'rootpw', in: versions, source: 'rootpw.py: F18_, F37_, RHEL9_RootPw' },
    options: { iscrypted: 'flag', lock: 'flag' },
    values: [0, 1],
    oneOf: ['iscrypted', 'lock'],
    wrong: ({ options, values }) =>
      (values.length === 1) === (options.iscrypted !== undefined) ? undefined : 'a hash, and said so',
  },
  {
    ...{ command: 'user', in: versions, source: 'user.py: F19_, F24_User' },
    options: {
      ...{ name: 'text', gecos: 'text', groups: 'list', homedir: 'text', shell: 'text', uid: 'number', gid: 'number' },
      ...{ password: 'text', iscrypted: 'flag', lock: 'flag' },
    },
    required: ['name'],
    oneOf: ['lock', 'password'],
    unique: ({ options }) => options.name,
    wrong: ({ options }) =>
      (options.password === undefined) === (options.iscrypted === undefined) ? undefined : 'a hash, and said so',
  },
  {
    // A second key of a user is a warning of F22_SshKeyData, which RHEL 8 has, and none of RHEL9_ and F38_SshKeyData.
    ...{ command: 'sshkey', in: ['RHEL8'], source: 'sshkey.py: F22_SshKey, F22_SshKeyData' },
    options: { username: 'text' },
    values: [1, 1],
    required: ['username'],
    unique: ({ options }) => options.username,
  },
  {
    ...{ command: 'sshkey', in: since9, source: 'sshkey.py: F22_SshKey, RHEL9_, F38_SshKeyData' },
    options: { username: 'text' },
    values: [1, 1],
    required: ['username'],
  },
  {
    ...{ command: 'selinux', in: versions, source: 'selinux.py: FC3_SELinux' },
    options: { disabled: 'flag', enforcing: 'flag', permissive: 'flag' },
    oneOf: ['disabled', 'enforcing', 'permissive'],
  },
  {
    ...{ command: 'firewall', in: versions, source: 'firewall.py: F20_, F28_Firewall' },
    options: { disabled: 'flag', enabled: 'flag', service: 'list', port: 'list' },
    oneOf: ['disabled', 'enabled'],
    wrong: ({ options }) =>
      (options.port ?? '1:tcp').split(',').every(one => /^\d+(-\d+)?:(tcp|udp)$/.test(one))
        ? undefined
        : 'port:protocol',
  },
  {
    ...{ command: 'services', in: versions, source: 'services.py: FC6_Services' },
    options: { disabled: 'list', enabled: 'list' },
    wrong: ({ options }) => (options.disabled || options.enabled ? undefined : 'one of the two'),
  },
  // sections.py: ScriptSection, PostScriptSection; all versions have them (parser.py, setupSections).
  ...['%pre', '%post', '%onerror'].map(
    (command): Row => ({
      ...{ command, in: versions, source: 'sections.py: ScriptSection, PostScriptSection' },
      options: {
        ...{ erroronfail: 'flag', interpreter: 'text', log: 'text' },
        ...(command === '%post' ? { nochroot: 'flag' } : {}),
      },
    }),
  ),
  { command: '%packages', in: versions, source: 'sections.py: PackageSection' },
]

/** As validate_network_interface_name and the sentences of --bootproto, --bridgeopts, --interfacename say. */
const wrongNetwork = (options: Line['options'], before: readonly Line[]): string | undefined => {
  const has = (option: string): boolean => options[option] !== undefined
  const name = options.interfacename ?? ''
  const [, prefix, dotted] = /^([^.]*)\.(.*)$/.exec(name) ?? []
  const [, started] = /^vlan(.*)$/.exec(name) ?? []
  const table: readonly (readonly [boolean, string])[] = [
    [has('hostname') && before.some(line => line.options.hostname !== undefined), 'a second host name'],
    [options.bootproto === 'static' && !(has('ip') && has('netmask')), 'static without ip or netmask'],
    [options.bootproto !== 'static' && (has('ip') || has('gateway')), 'an address that is not static'],
    [has('noipv4') && (has('ip') || has('bootproto')), 'IPv4 that is none'],
    [has('noipv6') && (has('ipv6') || has('ipv6gateway')), 'IPv6 that is none'],
    [has('ipv6gateway') && !has('ipv6'), 'a gateway without an address'],
    [has('nodefroute') && has('gateway'), 'a gateway that is not taken'],
    [has('bridgeopts') && !options.bridgeslaves, 'options of no bridge'],
    [!(options.bridgeopts ?? 'a=b').split(',').every(one => /^[^=]+=[^=]+$/.test(one)), 'key=value'],
    [has('bondslaves') && !options.bondslaves, 'a bond of nothing'],
    [has('bondopts') && !has('bondslaves'), 'options of no bond'],
    [has('interfacename') !== has('vlanid'), 'a name without a VLAN'],
    [dotted !== undefined && (dotted !== options.vlanid || prefix === 'vlan'), 'a name with a dot ends in the number'],
    [started !== undefined && started !== options.vlanid, 'a name that begins with vlan ends in the number'],
  ]
  return table.find(([isWrong]) => isWrong)?.[1]
}

const wrongPlace = (place: string): string | undefined =>
  /^(\/.*|swap|pv\.\d+)$/.test(place) ? undefined : `${place} is no place`

/** os.path.normpath, which `part` sends a mountpoint through. */
const normal = (place: string): string => place.replace(/\/+/g, '/').replace(/(.)\/$/, '$1')

/** What Anaconda makes of a file: its commands, its packages and its scripts; throws where a line is not documented. */
export const readKickstart = (
  text: string,
): { commands: readonly Line[]; packages: readonly string[]; scripts: readonly Line[] } => {
  const [first = '', ...lines] = splitLines(text)
  const [, version = ''] = /^# version: (\w+)$/.exec(first) ?? []
  if (!versions.includes(version)) throw new Error(`no version: ${first}`)
  const read = { commands: [] as Line[], packages: [] as string[], scripts: [] as Line[] }
  let section: 'commands' | 'packages' | 'script' = 'commands'
  for (const line of lines) {
    const [word = ''] = line.trim().split(/\s+/)
    if (section !== 'commands' && word === '%end') section = 'commands'
    else if (
      section !== 'commands' &&
      /^%(include|ksappend|pre|pre-install|post|onerror|traceback|packages|addon)$/.test(word)
    )
      throw new Error(`within a section: ${line}`)
    else if (section === 'packages') read.packages.push(line)
    else if (section === 'script' || word === '' || word.startsWith('#')) continue
    else if (word.startsWith('%')) {
      section = word === '%packages' ? 'packages' : 'script'
      const header = checked(line, version, [])
      if (section === 'script') read.scripts.push(header)
    } else read.commands.push(checked(line, version, read.commands))
  }
  if (section !== 'commands') throw new Error('a section without %end')
  const wrong = read.packages.find(one => !/^(@\^?|-)?[A-Za-z0-9_+.*][A-Za-z0-9_+.*-]*$/.test(one))
  if (wrong !== undefined) throw new Error(`no package: ${wrong}`)
  return read
}

const checked = (text: string, version: string, before: readonly Line[]): Line => {
  const [command = '', ...words] = splitWords(text)
  const own = rows.filter(row => row.command === command && row.in.includes(version))
  const fail = (why: string): never => {
    throw new Error(`${version}: ${why}: ${text}`)
  }
  if (own.length === 0) fail('no such command')
  const options: { [option: string]: string } = {}
  const values: string[] = []
  for (const word of words) {
    const [, option, value] = /^--([A-Za-z0-9-]+)(?:=(.*))?$/s.exec(word) ?? []
    if (option === undefined) values.push(word)
    else {
      const kind = own.map(row => row.options?.[option]).find(one => one !== undefined)
      if (kind === undefined) fail(`no option --${option}`)
      else if (!isOfKind(kind, value)) fail(`--${option} does not take ${value}`)
      options[option] = value ?? ''
    }
  }
  const line = { command, options, values }
  for (const { values: counts, required = [], oneOf, atMostOneOf = [], unique, wrong } of own) {
    const [least, most] = counts ?? own[0]?.values ?? [0, 0]
    if (values.length < least || values.length > most) fail(`${values.length} values`)
    // Python's argparse takes a value that begins so for an option, unless it has a space.
    if (values.some(value => /^-[^ ]*$/.test(value))) fail('a value that looks like an option')
    const set = (names: readonly string[]) => names.filter(name => options[name] !== undefined)
    if (set(required).length < required.length) fail(`needs ${required}`)
    if (oneOf !== undefined && set(oneOf).length !== 1) fail(`needs one of ${oneOf}`)
    if (set(atMostOneOf).length > 1) fail(`at most one of ${atMostOneOf}`)
    const key = unique?.(line)
    const same = before.filter(other => own.some(row => row.command === other.command) && unique?.(other) === key)
    if (key !== undefined && same.length > 0) fail('defined already')
    const why = wrong?.(line, before)
    if (why !== undefined) fail(why)
  }
  return line
}

const isOfKind = (kind: Kind, value: string | undefined): boolean => {
  if (kind === 'flag') return value === undefined
  if (value === undefined || value === '') return false
  if (kind === 'text') return true
  if (kind === 'list') return value.split(',').every(one => one.trim() !== '')
  if (kind === 'number') return /^\d+$/.test(value)
  return kind === 'boolean' ? /^(yes|no)$/.test(value) : kind.includes(value)
}

/** As Python's splitlines. */
export const splitLines = (text: string): readonly string[] => text.split(/\r\n|(?!\t)[\p{Cc}\u2028\u2029]/u)

/** As Python's shlex does it: quotes, and backslashes before what they keep from being read; `#` begins a comment. */
export const splitWords = (line: string): readonly string[] => {
  const words: string[] = []
  let [word, quote] = [undefined as string | undefined, '']
  for (let index = 0; index < line.length; index += 1) {
    const [char = '', next = ''] = [line[index], line[index + 1]]
    const isKept = quote === '' || (quote === '"' && /["\\]/.test(next))
    if (char === '\\' && quote !== "'" && isKept) {
      word = (word ?? '') + next
      index += 1
    } else if (quote !== '' && char === quote) quote = ''
    else if (quote === '' && /["']/.test(char)) {
      quote = char
      word ??= ''
    } else if (quote === '' && char === '#') break
    else if (quote === '' && /[ \t\r\n]/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + char
  }
  if (quote !== '') throw new Error(`a quote without an end: ${line}`)
  return word === undefined ? words : [...words, word]
}
