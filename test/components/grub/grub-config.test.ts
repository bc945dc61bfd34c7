// grub.cfg as it is read, on a file that grub-mkconfig 2.06 wrote (Debian 12, Xen 4.17), and the fragment as it is
// written, on the tools that read it.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { bootDigest, isMadeFor, printFragment, replacesLinuxOptions } from '../../../components/grub/fragment.js'
import { allEntries, findEntry, parseGrubConfig } from '../../../components/grub/grub-config.js'
import { debian, ownPart, redHat, withOwnPart } from '../../../components/grub/way.js'
import { createAjv } from '../../../src/model/ajv.js'
import { skipWithout } from '../../oracles/require-tool.js'

const real = readFileSync(join(import.meta.dirname, 'grub.cfg'), 'utf8')

t.test('a real grub.cfg is read', async t => {
  const config = parseGrubConfig(real)
  t.match(config, { isComplete: true, default: null, timeout: 1 })
  t.same(
    config.items.map(({ title, xen, linux }) => [title, xen !== null, linux !== null]),
    [
      ['Debian GNU/Linux', false, true],
      ['Advanced options for Debian GNU/Linux', false, false],
      ['Debian GNU/Linux, with Xen hypervisor', true, true],
      ['Advanced options for Debian GNU/Linux (with Xen hypervisor)', false, false],
    ],
  )
  const [linux, , xen] = config.items
  t.equal(xen?.id, 'xen-gnulinux-simple-10a96a51-82eb-4f2e-bf84-2a829656bb7c')
  t.equal(xen?.xen?.words.join(' '), 'placeholder com1=115200,8n1 console=com1 dom0_mem=1024M,max:1024M spec-ctrl=no')
  t.equal(xen?.linux?.words.join(' '), 'placeholder root=/dev/vda1 ro net.ifnames=0 mitigations=off console=hvc0 quiet')
  t.equal(linux?.linux?.words.join(' '), 'root=/dev/vda1 ro net.ifnames=0 mitigations=off console=ttyS0 quiet')
})

t.test('every entry is read with its files, those of submenus too', async t => {
  t.same(
    allEntries(parseGrubConfig(real).items).map(({ xen, linux }) => [xen?.file, linux?.file]),
    [
      undefined,
      undefined,
      undefined,
      'xen-4.17-amd64.gz',
      'xen-4.17-amd64.gz',
      'xen-4.17-amd64.gz',
      'xen-4.17-amd64.efi',
      'xen-4.17-amd64.efi',
    ].map(xen => [xen, 'vmlinuz-6.1.0-56-amd64']),
  )
})

t.test('a default is found by title, by id, by place and through submenus', async t => {
  const { items } = parseGrubConfig(real)
  const advanced = 'Advanced options for Debian GNU/Linux (with Xen hypervisor)'
  const efi = 'Debian GNU/Linux, with Xen 4.17-amd64.efi and Linux 6.1.0-56-amd64'
  for (const [wanted, title] of [
    ['Debian GNU/Linux, with Xen hypervisor', 'Debian GNU/Linux, with Xen hypervisor'],
    ['xen-gnulinux-simple-10a96a51-82eb-4f2e-bf84-2a829656bb7c', 'Debian GNU/Linux, with Xen hypervisor'],
    ['0', 'Debian GNU/Linux'],
    [`${advanced}>1>0`, efi],
    [`${advanced}>Xen hypervisor, version 4.17-amd64.efi>${efi}`, efi],
    ['9', undefined],
    ['0>0', undefined],
    ['Debian', undefined],
    ['', undefined],
  ] as const) {
    t.equal(findEntry(items, wanted)?.title, title, wanted)
  }
  t.equal(findEntry(parseGrubConfig("menuentry 'a>b' {\n}\n").items, 'a>>b')?.title, 'a>b')
})

t.test('a file that ends anywhere within a part is not complete', async t => {
  t.notOk(parseGrubConfig('').isComplete)
  const end = real.lastIndexOf('### END')
  for (let length = real.indexOf('### BEGIN') + 40; length < end; length += 101) {
    const cut = parseGrubConfig(real.slice(0, length))
    const lastPart = real.slice(0, length).lastIndexOf('### BEGIN') > real.slice(0, length).lastIndexOf('### END')
    if (lastPart) t.notOk(cut.isComplete, `${length} characters`)
  }
})

t.test('a quote in a title is read, and a title that somebody wrote by hand', async t => {
  const { items } = parseGrubConfig(
    `menuentry 'Dan'\\''s' $menuentry_id_option 'x' {\n}\nmenuentry "Xen, first boot" {\n  linux /boot/vmlinuz-1 ro\n}\n`,
  )
  t.match(items, [
    { title: "Dan's", id: 'x' },
    { title: 'Xen, first boot', id: null, linux: { file: 'vmlinuz-1', words: ['ro'] } },
  ])
})

const everything = printFragment(
  {
    default: 'xen',
    timeout: 5,
    root_device: '/dev/mapper/vg0-root',
    xen: { options: { dom0_mem: '1024M,max:1024M', 'spec-ctrl': 'no', flag: true, odd: 'a.b_c,d:e=/@%+~^!?*#()[]-' } },
    linux: { options: { console: ['hvc0', 'tty0'], max_loop: 64, 'xen_blkfront.max': 32 } },
  },
  debian,
  true,
)

t.test('the fragment appends to what the system has', async t => {
  t.equal(
    everything,
    `# Written by xenclosure, and overwritten: declare it in the profile.
# os-prober would look into the guests' volumes.
GRUB_DISABLE_OS_PROBER="true"
# Titles are in English, in whatever language the menu is made.
LC_ALL="C"
LANG="C"
GRUB_DISABLE_SUBMENU="false"
GRUB_DEFAULT="\${GRUB_DISTRIBUTOR} GNU/Linux, with Xen hypervisor"
GRUB_TIMEOUT="5"
GRUB_DEVICE="/dev/mapper/vg0-root"
GRUB_DISABLE_LINUX_UUID="true"
GRUB_CMDLINE_XEN_DEFAULT="\${GRUB_CMDLINE_XEN_DEFAULT} dom0_mem=1024M,max:1024M spec-ctrl=no flag odd=a.b_c,d:e=/@%+~^!?*#()[]-"
GRUB_CMDLINE_LINUX_DEFAULT="\${GRUB_CMDLINE_LINUX_DEFAULT} console=hvc0 console=tty0 max_loop=64 xen_blkfront.max=32 \\\${xenclosure_trial}"
GRUB_CMDLINE_LINUX_XEN_REPLACE_DEFAULT="\${GRUB_CMDLINE_LINUX_XEN_REPLACE_DEFAULT} console=hvc0 console=tty0 max_loop=64 xen_blkfront.max=32 \\\${xenclosure_trial}"
`,
  )
})

t.test("the default is said by the menu's titles", async t => {
  const files = { kernel: 'vmlinuz-6.1.0-56-amd64' }
  for (const [wanted, title] of [
    ['linux', '0'],
    [{ entry: '1>2' }, '1>2'],
    [files, 'Advanced options for Debian GNU/Linux>Debian GNU/Linux, with Linux 6.1.0-56-amd64'],
    [
      { ...files, hypervisor: 'xen-4.17-amd64.gz' },
      'Advanced options for Debian GNU/Linux (with Xen hypervisor)>Xen hypervisor, version 4.17-amd64>Debian GNU/Linux, with Xen 4.17-amd64 and Linux 6.1.0-56-amd64',
    ],
  ] as const) {
    const fragment = printFragment({ default: wanted }, debian, false)
    t.match(fragment.replaceAll('${GRUB_DISTRIBUTOR}', 'Debian'), `\nGRUB_DEFAULT="${title}"\n`)
    t.ok(isMadeFor(wanted, title), title)
    t.notOk(isMadeFor(wanted, '3'), title)
    if (wanted !== 'linux' && !('entry' in wanted))
      t.ok(findEntry(parseGrubConfig(real).items, title), 'as a real menu has it')
  }
})

t.test('where others write the same file, only what stands between our two lines is ours', async t => {
  const way = redHat('/boot/grub2/grub.cfg')
  for (const file of [null, '', 'GRUB_TIMEOUT=5', 'GRUB_TIMEOUT=5\n']) {
    const written = withOwnPart(way, file, 'A=1\n')
    t.equal(ownPart(way, written), 'A=1\n')
    t.equal(withOwnPart(way, written, 'A=1\n'), written)
    t.equal(
      withOwnPart(way, written, 'B=$&\n'),
      written.replace('A=1', () => 'B=$&'),
    )
    t.ok(written.startsWith(file ?? ''), 'what others wrote stays')
    t.equal(ownPart(way, file), null)
  }
})

t.test('a trial is one of what decides how the host boots', async t => {
  const digests = [
    {},
    { default: 'xen' },
    { root_device: '/dev/a' },
    { xen: { options: { a: '1' } } },
    { linux: { options: { a: '1' } } },
  ] as const
  t.equal(new Set(digests.map(bootDigest)).size, digests.length)
  t.equal(bootDigest({ timeout: 3, linux: { options: {} } }), bootDigest({}))
})

t.test('the fragment is a script for sh', async t => {
  const file = join(t.testdir({ 'fragment.cfg': everything }), 'fragment.cfg')
  execFileSync('sh', ['-n', file])
  const said = execFileSync('sh', ['-ec', `. ${file}; printf %s "$GRUB_CMDLINE_XEN_DEFAULT"`], {
    env: { GRUB_CMDLINE_XEN_DEFAULT: 'com1=115200,8n1' },
  }).toString()
  t.match(said, /^com1=115200,8n1 dom0_mem=.* odd=a\.b_c,d:e=\/@%\+~\^!\?\*#\(\)\[\]-$/)
})

t.test('the fragment is a script for GRUB, too', async t => {
  if (skipWithout(t, 'grub-script-check', 'apt-get install -y --no-install-recommends grub-common')) return
  execFileSync('grub-script-check', [join(t.testdir({ 'fragment.cfg': everything }), 'fragment.cfg')])
})

t.test('it is seen where another file replaces the options of Linux under Xen', async t => {
  const name = 'GRUB_CMDLINE_LINUX_XEN_REPLACE_DEFAULT'
  for (const line of [`${name}="quiet"`, `${name}=quiet`, `X=1\n  export ${name}='quiet'\n`]) {
    t.ok(replacesLinuxOptions(line), line)
  }
  for (const line of [`${name}=""`, `#${name}="quiet"`, 'GRUB_CMDLINE_LINUX_XEN_REPLACE="quiet"', '']) {
    t.notOk(replacesLinuxOptions(line), line)
  }
})

t.test('the schema lets through what comes through sh and GRUB, and nothing else', async t => {
  const validate = createAjv().compile(JSON.parse(readFileSync('components/grub/schema.json', 'utf8')))
  const isValid = (option: unknown): boolean => validate({ xen: { options: { option } } })
  for (const value of ['a.b_c,d:e=/@%+~^!?*#()[]-', true, 0, 64, ['a'], ['a', 'b']]) t.ok(isValid(value), String(value))
  for (const sign of ' \t\n"\'`$\\;&|<>{}') t.notOk(isValid(`a${sign}b`), JSON.stringify(sign))
  for (const value of ['', false, 1.5, [], [''], ['a b'], null]) t.notOk(isValid(value), JSON.stringify(value))
  for (const entry of ['Debian>0', 'xen-gnulinux-simple-10a96a51', 'a (b) [c]'])
    t.ok(validate({ default: { entry } }), entry)
  for (const sign of '\t\n"\'`$\\;&|<{}') t.notOk(validate({ default: { entry: `a${sign}b` } }), JSON.stringify(sign))
  for (const wanted of ['Xen', {}, { hypervisor: 'xen.gz' }, { kernel: '/boot/vmlinuz' }, { kernel: 'a', entry: 'b' }])
    t.notOk(validate({ default: wanted }), JSON.stringify(wanted))
  for (const name of ['root', 'a b', 'a=b', '-a', '$a'])
    t.notOk(validate({ linux: { options: { [name]: true } } }), name)
})
