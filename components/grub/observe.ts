// observe: our fragment, the configuration that GRUB will read, and the command lines that the host was booted with.
import { posix } from 'node:path'
import type { System } from '../../src/model/system.js'
import { ask } from '../../src/system/ask.js'
import { isXenRunning } from '../../src/system/hypervisor.js'
import type { Actual } from './actual.js'
import { fragmentPath, replacesLinuxOptions } from './fragment.js'
import { configPath, parseGrubConfig } from './grub-config.js'
import { parseWords } from './options.js'

export const observe = async (system: System): Promise<Actual> => {
  const fragments = await system.list(directory)
  const command = await system.stat('/usr/sbin/update-grub')
  const others = (fragments ?? []).map(name => `${directory}/${name}`).filter(isOthers)
  return {
    isDebianWay: fragments !== null || command !== null,
    isReplacedUnderXen: (await readAll(system, ['/etc/default/grub', ...others])).some(replacesLinuxOptions),
    fragment: await system.read(fragmentPath),
    config: parseGrubConfig((await system.read(configPath)) ?? ''),
    running: { xen: await xenCommandLine(system), linux: parseWords((await system.read('/proc/cmdline')) ?? '') },
  }
}

const directory = posix.dirname(fragmentPath)

const isOthers = (path: string): boolean => path.endsWith('.cfg') && path !== fragmentPath

const readAll = async (system: System, paths: readonly string[]): Promise<readonly string[]> => {
  const texts: string[] = []
  for (const path of paths) texts.push((await system.read(path)) ?? '')
  return texts
}

/** Null where Xen does not run. */
const xenCommandLine = async (system: System): Promise<readonly string[] | null> => {
  if (!(await isXenRunning(system))) return null
  return parseWords(/^xen_commandline\s*:(.*)$/m.exec(await ask(system, ['xl', 'info']))?.[1] ?? '')
}
