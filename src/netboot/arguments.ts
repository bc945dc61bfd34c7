// The command line of xenclosure-netboot: xl's arguments for any bootloader (libxl_bootloader.c, make_bootloader_args),
// then those of the domain's `bootloader_args`, then the disk. What is not ours is for the bootloader that reads the
// guest's own disk. Pure.

export type Arguments = {
  /** Where xl reads what to boot. */
  readonly output: string
  /** What is booted is put there; xl removes it. */
  readonly outputDirectory: string
  /** The domain's own `cmdline`, for the kernel to have, too. */
  readonly extra: string
  /** The card by which the guest boots, lower case, with colons. */
  readonly mac: string
  readonly provisioner: URL
  /** The authority that vouches for it, PEM; beside those of the host. */
  readonly ca: string | undefined
  /** Milliseconds in which there is to be an answer. */
  readonly within: number
  /** What an answer that does not come, or makes no sense, stands for. */
  readonly unanswered: 'local' | 'fail'
  /** The bootloader of the guest's own disk. */
  readonly local: string
  /** Where images are kept. */
  readonly cache: string
  /** What the bootloader of the guest's own disk is called with. */
  readonly passed: readonly string[]
}

export type Parsed = { readonly ok: true; readonly args: Arguments } | { readonly ok: false; readonly message: string }

const defaults = { within: '10', unanswered: 'local', local: 'pygrub', cache: '/var/cache/xenclosure/boot' }

/** Seconds that it may ask; `xl create` itself has less from the agent. */
const longest = 3600

/** Ours, by their names. */
const own = ['mac', 'provisioner', 'ca', 'within', 'unanswered', 'local', 'cache'] as const
type Own = (typeof own)[number]

export const parseArguments = (argv: readonly string[]): Parsed => {
  const passed = argv.filter(word => !own.some(name => word.startsWith(`--${name}=`)))
  const of = (name: string): string | undefined =>
    argv.findLast(word => word.startsWith(`--${name}=`))?.slice(name.length + 3)
  const given: Partial<Record<Own, string>> = Object.fromEntries(
    own.map(name => [name, of(name)]).filter(([, value]) => value !== undefined),
  )
  const { mac = '', provisioner = '', ca, within, unanswered, local, cache } = { ...defaults, ...given }
  const [output, outputDirectory] = [of('output'), of('output-directory')]
  if (output === undefined || outputDirectory === undefined || of('output-format') !== 'simple0')
    return wrong(
      'xl starts this, as the bootloader of a domain: --output, --output-format=simple0 and --output-directory',
    )
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(mac)) return wrong(`--mac=${mac}: expected the MAC of a card`)
  if (!/^https?:\/\//.test(provisioner) || !URL.canParse(provisioner))
    return wrong(`--provisioner=${provisioner}: expected a URL, https://HOST`)
  if (!(Number(within) > 0 && Number(within) <= longest))
    return wrong(`--within=${within}: expected seconds, at most ${longest}`)
  if (unanswered !== 'local' && unanswered !== 'fail')
    return wrong(`--unanswered=${unanswered}: expected local or fail`)
  if (ca !== undefined && !/^[A-Za-z0-9+/]+=*$/.test(ca))
    return wrong('--ca: expected what stands between the first and the last line of a certificate in PEM, in one line')
  return {
    ok: true,
    args: {
      ...{
        output,
        outputDirectory,
        extra: of('args') ?? '',
        mac: mac.toLowerCase(),
        provisioner: new URL(provisioner),
      },
      ...{ ca: ca && printPem(ca), within: Math.ceil(Number(within) * 1000), unanswered, local, cache, passed },
    },
  }
}

const wrong = (message: string): Parsed => ({ ok: false, message })

/** In lines again (RFC 7468). */
const printPem = (base64: string): string =>
  ['-----BEGIN CERTIFICATE-----', ...(base64.match(/.{1,64}/g) ?? []), '-----END CERTIFICATE-----', ''].join('\n')
