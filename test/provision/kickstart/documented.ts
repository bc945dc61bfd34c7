// Kickstart commands as they are documented, written down apart from the code that prints them: pykickstart's command
// classes for each version (its handlers rhel7.py, rhel8.py, rhel9.py, f40.py and later say which holds), and the command
// references of Red Hat's installation guides. Only what concerns the commands that we print.

type Options = { readonly [command: string]: readonly string[] }

const common: Options = {
  bootloader: [
    'append',
    'boot-drive',
    'disabled',
    'driveorder',
    'iscrypted',
    'leavebootorder',
    'location',
    'nombr',
    'password',
    'timeout',
    'extlinux',
  ],
  clearpart: ['all', 'cdl', 'disklabel', 'drives', 'initlabel', 'linux', 'list', 'none'],
  eula: ['agreed'],
  firewall: [
    'disabled',
    'enabled',
    'ftp',
    'http',
    'port',
    'remove-service',
    'service',
    'smtp',
    'ssh',
    'telnet',
    'trust',
  ],
  firstboot: ['disabled', 'enabled', 'reconfig'],
  halt: ['eject'],
  ignoredisk: ['drives', 'interactive', 'only-use'],
  keyboard: ['switch', 'vckeymap', 'xlayouts'],
  lang: ['addsupport'],
  logvol: [
    'cachemode',
    'cachepvs',
    'cachesize',
    'chunksize',
    'fsoptions',
    'fsprofile',
    'fstype',
    'grow',
    'label',
    'maxsize',
    'metadatasize',
    'mkfsoptions',
    'name',
    'noformat',
    'percent',
    'poolname',
    'profile',
    'recommended',
    'resize',
    'size',
    'thin',
    'thinpool',
    'useexisting',
    'vgname',
    'hibernation',
    'encrypted',
    'passphrase',
    'escrowcert',
    'backuppassphrase',
  ],
  network: [
    'activate',
    'bindto',
    'bondopts',
    'bondslaves',
    'bootproto',
    'bridgeopts',
    'bridgeslaves',
    'device',
    'dhcpclass',
    'essid',
    'ethtool',
    'gateway',
    'hostname',
    'interfacename',
    'ip',
    'ipv6',
    'ipv6gateway',
    'mtu',
    'nameserver',
    'netmask',
    'no-activate',
    'nodefroute',
    'nodns',
    'noipv4',
    'noipv6',
    'onboot',
    'teamconfig',
    'teamslaves',
    'vlanid',
    'wepkey',
    'wpakey',
  ],
  part: [
    'active',
    'asprimary',
    'encrypted',
    'fsoptions',
    'fsprofile',
    'fstype',
    'grow',
    'label',
    'maxsize',
    'mkfsoptions',
    'noformat',
    'onbiosdisk',
    'ondisk',
    'ondrive',
    'onpart',
    'passphrase',
    'recommended',
    'resize',
    'size',
    'useexisting',
    'usepart',
    'hibernation',
    'escrowcert',
    'backuppassphrase',
    'cipher',
  ],
  poweroff: ['eject'],
  reboot: ['eject'],
  repo: [
    'baseurl',
    'cost',
    'excludepkgs',
    'ignoregroups',
    'includepkgs',
    'install',
    'mirrorlist',
    'name',
    'noverifyssl',
    'proxy',
  ],
  reqpart: ['add-boot'],
  rootpw: ['iscrypted', 'lock', 'plaintext'],
  selinux: ['disabled', 'enforcing', 'permissive'],
  services: ['disabled', 'enabled'],
  skipx: [],
  text: [],
  timezone: ['isUtc', 'nontp', 'ntpservers', 'utc'],
  url: ['mirrorlist', 'noverifyssl', 'proxy', 'url'],
  user: ['gecos', 'gid', 'groups', 'homedir', 'iscrypted', 'lock', 'name', 'password', 'plaintext', 'shell', 'uid'],
  volgroup: ['noformat', 'pesize', 'reserved-percent', 'reserved-space', 'useexisting'],
  zerombr: [],
}

const since8: Options = {
  ...common,
  repo: [...(common.repo ?? []), 'metalink', 'sslcacert', 'sslclientcert', 'sslclientkey'],
  url: [...(common.url ?? []), 'metalink', 'sslcacert', 'sslclientcert', 'sslclientkey'],
  sshkey: ['username'],
  text: ['non-interactive'],
}

/** pykickstart removed --ntpservers and --nontp of timezone in Fedora 33: they are timesource's. */
const since33: Options = {
  ...since8,
  timezone: ['utc'],
  timesource: ['ntp-disable', 'ntp-pool', 'ntp-server', 'nts'],
}

const modules: Options = { module: ['disable', 'name', 'stream'] }

export const documented: { readonly [version: string]: Options } = {
  RHEL7: common,
  RHEL8: { ...since8, ...modules },
  RHEL9: { ...since33, ...modules },
  F40: since33,
  F43: since33,
}

const scripts: Options = {
  '%pre': ['erroronfail', 'interpreter', 'log'],
  '%post': ['erroronfail', 'interpreter', 'log', 'nochroot'],
  '%onerror': ['erroronfail', 'interpreter', 'log'],
}

export type Line = {
  readonly command: string
  readonly options: { readonly [option: string]: string }
  readonly values: readonly string[]
}

/** What Anaconda makes of a file: its commands, its packages and its scripts; throws where a line is not documented. */
export const readKickstart = (
  text: string,
): { commands: readonly Line[]; packages: readonly string[]; scripts: readonly Line[] } => {
  const [first = '', ...lines] = text.split('\n')
  const [, version = ''] = /^# version: (\w+)$/.exec(first) ?? []
  const known = documented[version]
  if (known === undefined) throw new Error(`no version: ${first}`)
  const read = { commands: [] as Line[], packages: [] as string[], scripts: [] as Line[] }
  let section: 'commands' | 'packages' | 'script' = 'commands'
  for (const line of lines) {
    if (section !== 'commands' && line === '%end') section = 'commands'
    else if (section === 'packages') read.packages.push(line)
    else if (section === 'script' || line === '' || line.startsWith('#')) continue
    else if (line === '%packages') section = 'packages'
    else if (line.startsWith('%')) {
      section = 'script'
      read.scripts.push(readLine(line, scripts))
    } else read.commands.push(readLine(line, known))
  }
  if (section !== 'commands') throw new Error('a section without %end')
  return read
}

const readLine = (line: string, known: Options): Line => {
  const [command = '', ...words] = splitWords(line)
  const documentedHere = known[command]
  if (documentedHere === undefined) throw new Error(`no such command: ${line}`)
  const options: { [option: string]: string } = {}
  const values: string[] = []
  for (const word of words) {
    const [, option, value = ''] = /^--([a-z0-9-]+)(?:=(.*))?$/is.exec(word) ?? []
    if (option === undefined) values.push(word)
    else if (!documentedHere.includes(option)) throw new Error(`${command} has no option --${option}`)
    else options[option] = value
  }
  return { command, options, values }
}

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
    else if (quote === '' && /\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + char
  }
  if (quote !== '') throw new Error(`a quote without an end: ${line}`)
  return word === undefined ? words : [...words, word]
}
