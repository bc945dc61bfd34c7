// The packages of the agent: the bundled agent with its units, manual page and completion, put together by dpkg-deb; and
// for other systems the same files as an archive. The same sources give the same bytes: every file has their date.
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Command } from 'commander'
import { agentBashScript } from '../../cli/completion/bash.js'
import { verbsOf } from '../../cli/completion/verbs.js'
import { byCodeUnit } from '../../model/json.js'
import { bundleAgent } from '../agent-bundle.js'
import { bundleLauncher, bundleNetboot } from '../bundle-program.js'
import { printManPage } from './man-page.js'
import { agentPage } from './man-pages.js'
import { printNotices } from './notices.js'

export type DebInput = {
  /** Of the xenclosure package. */
  readonly root: string
  readonly version: string
  /** Of the sources: the only time stamp in the package. */
  readonly date: Date
  /** The agent's command line, for its manual. */
  readonly program: Command
  /** Where the package is written. */
  readonly directory: string
}

export const packageName = 'xenclosure-agent'

/** Debian 12's own Node is older: such a host needs a newer one. */
const dependencies = 'nodejs (>= 20), xz-utils, zstd'

export type Packages = { readonly deb: string; readonly archive: string }

/** Writes `xenclosure-agent_VERSION_all.deb` and `..._VERSION.tar.gz` into a directory. Needs dpkg-deb and GNU tar. */
export const buildPackages = async ({ root, version, date, program, directory }: DebInput): Promise<Packages> => {
  const tree = mkdtempSync(join(tmpdir(), 'xenclosure-deb-'))
  try {
    await layOut({ root, version, date, program, directory: tree })
    settleModes(tree)
    mkdirSync(directory, { recursive: true })
    const seconds = Math.floor(date.getTime() / 1000)
    const deb = join(directory, `${packageName}_${version}_all.deb`)
    execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', tree, deb], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, SOURCE_DATE_EPOCH: String(seconds) },
    })
    const archive = join(directory, `${packageName}_${version}.tar.gz`)
    archiveFiles(tree, archive, seconds)
    return { deb, archive }
  } finally {
    rmSync(tree, { recursive: true })
  }
}

/** 0755 for directories and what its owner may execute, 0644 for the rest, whatever umask this is built under. */
const settleModes = (tree: string): void => {
  for (const path of ['.', ...readdirSync(tree, { recursive: true, encoding: 'utf8' })]) {
    const stats = lstatSync(join(tree, path))
    if (!stats.isSymbolicLink()) chmodSync(join(tree, path), (stats.mode & 0o100) === 0 ? 0o644 : 0o755)
  }
}

/** Files alone, no directories: unpacked in `/`, it leaves the modes of what is there as they are. */
const archiveFiles = (tree: string, archive: string, seconds: number): void => {
  const files = readdirSync(tree, { recursive: true, encoding: 'utf8' })
    .filter(path => !path.startsWith('DEBIAN') && !lstatSync(join(tree, path)).isDirectory())
    .sort(byCodeUnit)
  const sameEverywhere = ['--owner=0', '--group=0', '--numeric-owner', `--mtime=@${seconds}`, '--format=gnu']
  const plain = execFileSync('tar', ['--create', ...sameEverywhere, '--directory', tree, ...files], {
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 64 * 1024 ** 2,
  })
  writeFileSync(archive, gzipSync(plain, { level: 9 }))
}

/** Every file of the package, and its control files below DEBIAN/. */
const layOut = async ({ root, version, date, program, directory }: DebInput): Promise<void> => {
  const source = join(root, 'src/build/package/debian')
  const path = (target: string): string => {
    const file = join(directory, target)
    mkdirSync(dirname(file), { recursive: true })
    return file
  }
  const copy = (from: string, target: string, mode = 0o644): void => {
    cpSync(join(source, from), path(target))
    chmodSync(path(target), mode)
  }
  const write = (target: string, content: string | Buffer): void => writeFileSync(path(target), content)

  const metafile = await bundleAgent(root, path('usr/lib/xenclosure/xenclosure-agent.cjs'))
  await bundleLauncher(root, path('usr/lib/xenclosure/xenclosure-launcher.cjs'))
  symlinkSync('../lib/xenclosure/xenclosure-launcher.cjs', path('usr/bin/xenclosure-agent'))
  await bundleNetboot(root, path('usr/lib/xenclosure/xenclosure-netboot.mjs'))
  // xl looks for a bootloader among Xen's own programs, and then on its PATH.
  symlinkSync('../lib/xenclosure/xenclosure-netboot.mjs', path('usr/bin/xenclosure-netboot'))
  for (const unit of ['.service', '.timer', '-watch.service'])
    copy(`${packageName}${unit}`, `usr/lib/systemd/system/${packageName}${unit}`)
  copy(`${packageName}.tmpfiles`, `usr/lib/tmpfiles.d/${packageName}.conf`)
  copy(`${packageName}.default`, `etc/default/${packageName}`)
  write(`usr/share/man/man8/${packageName}.8.gz`, compressed(printManPage(program, agentPage, { version, date })))
  write(`usr/share/bash-completion/completions/${packageName}`, agentBashScript(verbsOf(program)))
  write(`usr/share/doc/${packageName}/copyright`, printNotices(root, metafile))
  for (const script of ['postinst', 'prerm', 'postrm']) copy(script, `DEBIAN/${script}`, 0o755)
  write('DEBIAN/conffiles', `/etc/default/${packageName}\n`)
  write('DEBIAN/control', printControl(version))
}

const printControl = (version: string): string => `Package: ${packageName}
Version: ${version}
Architecture: all
Maintainer: The Xenclosure developers <xenclosure@example.org>
Depends: ${dependencies}
Recommends: lvm2, thin-provisioning-tools, xen-utils
Section: admin
Priority: optional
Description: keeps a Xen host as its administrators declared it
 Compares the sealed document of the host with what is there and carries out the
 difference: LVM volumes, Xen domain configs, autostart, the boot menu's command
 lines, and domains that should run and do not. The document is compiled from
 YAML profiles by xenclosure, on any machine. With it comes xenclosure-netboot, a
 bootloader by which guests boot as the site's provisioner says.
`

/** Without a time stamp in it. */
const compressed = (text: string): Buffer => gzipSync(text, { level: 9 })
