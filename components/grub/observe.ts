// observe: our settings and script, the menu that GRUB will read and its environment, and what the host was booted with.
import { posix } from 'node:path'
import type { System } from '../../src/model/system.js'
import { ask } from '../../src/system/ask.js'
import { readBootId } from '../../src/system/boot-id.js'
import { isXenRunning } from '../../src/system/hypervisor.js'
import type { Actual } from './actual.js'
import type { GRUB } from './desired.js'
import { parseEnvironment, writeObstacle } from './environment.js'
import { replacesLinuxOptions } from './fragment.js'
import { parseGrubConfig } from './grub-config.js'
import { scriptPath } from './last-good.js'
import { parseWords } from './options.js'
import { plan } from './plan.js'
import { parseLinuxLine, type Running } from './running.js'
import { parseTrial, trialPath } from './trial.js'
import { debian, redHat, type Way } from './way.js'

export const observe = async (system: System, desired: GRUB, memory: string): Promise<Actual> => {
  const fragments = (await system.list(directory)) ?? []
  const way = await findWay(system)
  const others = fragments.map(name => `${directory}/${name}`).filter(isOthers)
  const { config, environment, defaults } = way ?? debian
  const actual: Actual = {
    way,
    isReplacedUnderXen: (await readAll(system, ['/etc/default/grub', ...others])).some(replacesLinuxOptions),
    missingFiles: await findMissing(system, desired),
    defaults: await system.read(defaults),
    config: parseGrubConfig((await system.read(config)) ?? ''),
    environment: parseEnvironment((await system.read(environment)) ?? ''),
    script: await system.read(scriptPath),
    obstacle: null,
    memory,
    trial: parseTrial(await system.read(trialPath(memory))),
    boot: await readBootId(system),
    running: await observeRunning(system),
  }
  // grub-probe looks at every disk: it is asked only where something is to be tried.
  if (way === null || plan(desired, actual).length === 0) return actual
  return { ...actual, obstacle: await findObstacle(system, way) }
}

const directory = posix.dirname(debian.defaults)

const isOthers = (path: string): boolean => path.endsWith('.cfg') && path !== debian.defaults

const findWay = async (system: System): Promise<Way | null> => {
  const isDebian = (await system.list(directory)) !== null || (await system.stat('/usr/sbin/update-grub')) !== null
  if (isDebian) return debian
  if ((await system.stat('/usr/sbin/grub2-mkconfig')) === null) return null
  const isEFI = (await system.stat('/sys/firmware/efi')) !== null
  const link = isEFI ? await system.stat('/etc/grub2-efi.cfg') : null
  return redHat(link?.target === undefined ? '/boot/grub2/grub.cfg' : posix.resolve('/etc', link.target))
}

const readAll = async (system: System, paths: readonly string[]): Promise<readonly string[]> => {
  const texts: string[] = []
  for (const path of paths) texts.push((await system.read(path)) ?? '')
  return texts
}

const findMissing = async (system: System, { default: wanted }: GRUB): Promise<readonly string[]> => {
  if (typeof wanted !== 'object' || !('kernel' in wanted)) return []
  const present = await system.list('/boot')
  const files = [wanted.kernel, wanted.hypervisor].filter(file => file !== undefined)
  return present === null ? [] : files.filter(file => !present.includes(file))
}

const observeRunning = async (system: System): Promise<Running> => {
  const { words, trial } = parseLinuxLine((await system.read('/proc/cmdline')) ?? '')
  const release = (await system.read('/proc/sys/kernel/osrelease'))?.trim() ?? null
  return { xen: await observeXen(system), linux: { release, words }, trial }
}

const observeXen = async (system: System): Promise<Running['xen']> => {
  if (!(await isXenRunning(system))) return null
  const info = await ask(system, ['xl', 'info'])
  const factOf = (name: string): string => new RegExp(`^${name}\\s*:(.*)$`, 'm').exec(info)?.[1]?.trim() ?? ''
  return { version: `${factOf('xen_major')}.${factOf('xen_minor')}`, words: parseWords(factOf('xen_commandline')) }
}

const findObstacle = async (system: System, { probe, environment }: Way): Promise<string | null> => {
  const answers: string[] = []
  for (const target of ['abstraction', 'fs']) {
    const { code, stdout } = await system.exec([probe, `--target=${target}`, posix.dirname(environment)], {
      effect: 'observe',
    })
    if (code !== 0) return `${probe} can't tell where ${posix.dirname(environment)} lies`
    answers.push(stdout)
  }
  const [abstractions = '', filesystem = ''] = answers
  return writeObstacle(abstractions, filesystem)
}
