// The script that keeps the last good entry, on the tools that run it: sh, grub-mkconfig, grub-script-check, and GRUB
// itself as a program (grub-emu), which chooses, boots and falls back as it does on a machine.
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parseEnvironment, writeObstacle } from '../../../components/grub/environment.js'
import { findEntry, type MenuItem, parseGrubConfig } from '../../../components/grub/grub-config.js'
import { parseScript, printScript } from '../../../components/grub/last-good.js'
import { isRunning, parseLinuxLine, type Running } from '../../../components/grub/running.js'
import { debian, redHat } from '../../../components/grub/way.js'
import { blankHost } from '../../../src/system/simulated/blank.js'
import { SimulatedSystem } from '../../../src/system/simulated/simulated-system.js'
import { skipWithout } from '../../oracles/require-tool.js'

const real = readFileSync(join(import.meta.dirname, 'grub.cfg'), 'utf8')
const entryOf = (name: string): MenuItem => findEntry(parseGrubConfig(real).items, name) as MenuItem
const xen = entryOf('Debian GNU/Linux, with Xen hypervisor')
const inSubmenu = entryOf('Advanced options for Debian GNU/Linux (with Xen hypervisor)>1>0')
const digest = '0123456789ab'

t.test('what is kept comes back from the script as it was put in', async t => {
  for (const entry of [xen, inSubmenu, entryOf('0'), { ...xen, title: "Dan's" }]) {
    for (const trial of [null, digest]) {
      const script = printScript({ entry, goodFor: null }, trial, debian)
      const kept = parseScript(script)
      t.match(kept, {
        goodFor: null,
        entry: { title: entry.title, body: entry.body, xen: entry.xen, linux: entry.linux },
      })
      t.equal(kept && printScript(kept, trial, debian), script)
    }
    t.equal(parseScript(printScript({ entry, goodFor: digest }, null, debian))?.goodFor, digest)
  }
  for (const other of [null, '', '#!/bin/sh\n', "# Good for: x\nmenuentry 'a' {\n}\n"])
    t.equal(parseScript(other), null)
})

t.test('an entry is kept without what a trial adds', async t => {
  const entry = {
    ...xen,
    body: xen.body.map(line => line.replace('console=hvc0 quiet', 'console=hvc0 quiet ${xenclosure_trial}')),
  }
  t.same(parseScript(printScript({ entry, goodFor: null }, null, debian))?.entry.body, xen.body)
})

t.test('an entry is what runs where files, options and their order are the same', async t => {
  const running: Running = {
    xen: { version: '4.17', words: (xen.xen?.words ?? []).concat('no-real-mode', 'edd=off') },
    linux: { release: '6.1.0-56-amd64', words: xen.linux?.words ?? [] },
    trial: null,
  }
  const withLinux = (linux: Partial<Running['linux']>): Running => ({
    ...running,
    linux: { ...running.linux, ...linux },
  })
  t.ok(isRunning(xen, running))
  t.ok(isRunning(xen, withLinux({ release: null })))
  t.notOk(isRunning(xen, withLinux({ release: '6.1.0-55-amd64' })))
  t.notOk(isRunning(xen, withLinux({ words: [...(xen.linux?.words ?? []), 'more'] })))
  t.notOk(isRunning(xen, { ...running, xen: { version: '4.18', words: xen.xen?.words ?? [] } }))
  t.notOk(isRunning(xen, { ...running, xen: null }))
  t.notOk(isRunning(entryOf('0'), running))
  const linux = entryOf('0').linux?.words ?? []
  const alone = { ...withLinux({ words: ['BOOT_IMAGE=/boot/vmlinuz-6.1.0-56-amd64', ...linux] }), xen: null }
  t.ok(isRunning(entryOf('0'), alone))
  t.same(parseLinuxLine('a b xenclosure.trial=12ab panic=30\n'), { words: ['a', 'b'], trial: '12ab' })
})

t.test("GRUB's environment is read, and where it lies decides whether GRUB can write it", async t => {
  t.same(parseEnvironment('# GRUB Environment Block\nsaved_entry=a>b=c\nnext_entry=\n####'), {
    saved: 'a>b=c',
    next: null,
  })
  t.equal(writeObstacle('', 'ext2\n'), null)
  t.match(writeObstacle('lvm\n', 'ext2'), 'LVM')
  t.match(writeObstacle('diskfilter mdraid1x', 'ext2'), 'RAID')
  t.match(writeObstacle('', 'btrfs\n'), 'btrfs')
  t.match(writeObstacle('', 'zfs'), 'zfs')
  t.equal(writeObstacle('cryptodisk luks', 'xfs'), null)
})

/** The script's files, in the test's own /boot. */
const scriptIn = (dir: string, trial: string | null, goodFor: string | null, entry = xen): string =>
  printScript({ entry, goodFor }, trial, debian).replaceAll('/boot/', `${dir}/boot/`)

const bootFiles = { 'xen-4.17-amd64.gz': '', 'vmlinuz-6.1.0-56-amd64': '', 'initrd.img-6.1.0-56-amd64': '' }

/** What sh prints behind the real grub.cfg. */
const printedBySh = (dir: string, trial: string | null): string => {
  writeFileSync(join(dir, 'script'), scriptIn(dir, trial, null))
  writeFileSync(join(dir, 'menu'), real)
  const shell = 'GRUB_DEFAULT="a title"; export GRUB_DEFAULT; exec sh "$0/script" >>"$0/menu"'
  execFileSync('sh', ['-ec', shell, dir])
  return readFileSync(join(dir, 'menu'), 'utf8').slice(real.length)
}

t.test('sh prints what the simulated host says it does', async t => {
  const dir = t.testdir({ boot: bootFiles })
  for (const trial of [null, digest]) {
    const system = new SimulatedSystem(blankHost({ hostname: null, memory: 2048, devices: [] }))
    await system.write('/etc/default/grub.d/zz.cfg', 'GRUB_DEFAULT="a title"\n', 0o644)
    await system.write('/etc/grub.d/50_xenclosure', printScript({ entry: xen, goodFor: null }, trial, debian), 0o755)
    await system.exec(['update-grub'], { effect: 'change' })
    const simulated = (await system.read('/boot/grub/grub.cfg'))
      ?.split('### BEGIN /etc/grub.d/50_xenclosure ###\n')
      .at(-1)
    const printed = printedBySh(dir, trial)
    t.equal(printed, simulated?.split('### END')[0]?.replaceAll('/boot/', `${dir}/boot/`))
    t.equal(printed.includes('set fallback="4"'), trial !== null, 'the fifth of the real menu')
  }
})

t.test('without a file of it the entry is not printed, and a trial is known all the same', async t => {
  const printed = printedBySh(t.testdir({ boot: { 'xen-4.17-amd64.gz': '' } }), digest)
  t.match(printed, /set default="a title"\n {2}set xenclosure_trial="xenclosure.trial=0123456789ab panic=30"/)
  t.notMatch(printed, 'xenclosure-last-good')
})

t.test('Red Hat: dracut is told to restart, too', async t => {
  const way = redHat('/boot/grub2/grub.cfg')
  t.match(printScript({ entry: xen, goodFor: null }, digest, way), 'panic=30 rd.shell=0 rd.emergency=reboot"')
})

const commonRemedy = 'apt-get install -y --no-install-recommends grub-common grub2-common'

/** A menu of entries that say what they are, for GRUB as a program. */
const spokenEntry = (title: string, ends: string): string =>
  `menuentry '${title}' $menuentry_id_option '${title}' {\n\techo "booted ${title} <\${xenclosure_trial}>"\n\t${ends}\n}\n`

/** The machine's own grub-mkconfig and 00_header, with everything else of this test. */
const makeConfig = (t: Test, trial: string | null): string => {
  const kept: MenuItem = {
    ...xen,
    body: ['\techo "booted kept <${xenclosure_trial}>"', '\thalt'],
    xen: null,
    linux: null,
  }
  const entries = `#!/bin/sh\ncat <<'END'\n${spokenEntry('first', 'halt')}${spokenEntry('new', 'halt')}${spokenEntry('broken', 'nosuchcommand')}END\n`
  const dir = t.testdir({
    boot: bootFiles,
    etc: {
      default: { grub: 'GRUB_TERMINAL=console\nGRUB_TIMEOUT=0\nGRUB_DEFAULT=saved\n' },
      'grub.d': { '10_test': entries },
    },
    probe: '#!/bin/sh\necho none\n',
    grubenv: '',
  })
  const scripts = join(dir, 'etc/grub.d')
  copyFileSync('/etc/grub.d/00_header', join(scripts, '00_header'))
  writeFileSync(join(scripts, '50_xenclosure'), scriptIn(dir, trial, null, kept))
  for (const file of ['probe', ...['00_header', '10_test', '50_xenclosure'].map(name => `etc/grub.d/${name}`)])
    chmodSync(join(dir, file), 0o755)
  const tool = readFileSync('/usr/sbin/grub-mkconfig', 'utf8')
    .replace(/^sysconfdir=.*$/m, `sysconfdir="${dir}/etc"`)
    .replace(/^grub_probe=.*$/m, `grub_probe="${dir}/probe"`)
  writeFileSync(join(dir, 'mkconfig'), tool)
  execFileSync('sh', [join(dir, 'mkconfig'), '-o', join(dir, 'grub.cfg')], { stdio: 'pipe' })
  return dir
}

t.test('grub-mkconfig makes a menu with it that grub-script-check takes', async t => {
  if (skipWithout(t, 'grub-mkconfig', commonRemedy)) return
  const dir = makeConfig(t, digest)
  const config = readFileSync(join(dir, 'grub.cfg'), 'utf8')
  execFileSync('grub-script-check', [join(dir, 'grub.cfg')])
  t.match(config, 'set default="${saved_entry}"\n  set xenclosure_trial')
  t.match(config, 'set fallback="3"', 'three entries come before')
  t.equal(parseGrubConfig(config).items.at(-1)?.id, 'xenclosure-last-good')
})

/** Boots GRUB as a program, with its environment as grub-editenv writes it; what the entries said. */
const bootWith = (dir: string, ...environment: readonly string[]): readonly string[] => {
  execFileSync('grub-editenv', [join(dir, 'grubenv'), 'create'])
  for (const variable of environment) execFileSync('grub-editenv', [join(dir, 'grubenv'), 'set', variable])
  const log = join(dir, 'log')
  execFileSync('script', ['-qc', `grub-emu -d ${dir} -r host`, log], { stdio: 'ignore', timeout: 60_000 })
  return readFileSync(log, 'utf8').match(/booted \w+ <.*?>/g) ?? []
}

t.test('GRUB tries the new entry once, keeps to the last good one, and falls back to it', async t => {
  if (skipWithout(t, 'grub-emu', 'apt-get install -y --no-install-recommends grub-emu')) return
  if (skipWithout(t, 'grub-mkconfig', commonRemedy)) return
  if (skipWithout(t, 'script', 'apt-get install -y --no-install-recommends bsdutils')) return
  const words = `xenclosure.trial=${digest} panic=30`
  const trying = makeConfig(t, digest)
  t.same(bootWith(trying, 'saved_entry=new', 'next_entry=xenclosure-trial'), [`booted new <${words}>`])
  t.same(bootWith(trying, 'saved_entry=new'), ['booted kept <>'])
  t.same(bootWith(trying, 'saved_entry=new', 'next_entry=first'), ['booted first <>'], 'as grub-reboot asks for')
  t.same(bootWith(trying, 'saved_entry=broken', 'next_entry=xenclosure-trial'), [
    `booted broken <${words}>`,
    `booted kept <${words}>`,
  ])
  const settled = makeConfig(t, null)
  t.same(bootWith(settled, 'saved_entry=new'), ['booted new <>'])
  t.same(bootWith(settled, 'saved_entry=new', 'next_entry=xenclosure-trial'), ['booted new <>'])
  t.same(bootWith(settled, 'saved_entry=new', 'next_entry=first'), ['booted first <>'])
})
