// `render`: every file that the agent would write on a host, below a directory, to look at and to check.
import { rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { components } from '../../../components/index.js'
import { renderedFiles } from '../../agent/render.js'
import type { CompiledSite } from '../../compiler/compile.js'
import { makeDirectory } from '../../compiler/make-directory.js'
import type { Document } from '../../model/document.js'
import { reachedFrom } from '../../model/reached.js'
import { namesText } from '../../model/shorten.js'
import { blankHost } from '../../system/simulated/blank.js'
import { macsOf } from '../../system/simulated/declared-host.js'
import { networkWith } from '../../system/simulated/network.js'
import { SimulatedSystem } from '../../system/simulated/simulated-system.js'
import { compiledFor, documentOf } from '../compiled.js'
import { plural, printJson } from '../output.js'
import { type SiteOptions, siteCommand } from '../site-command.js'
import { enclosedMachine } from '../site-enclosures.js'

/**
 * A Debian host with room for everything and the interfaces that the document knows, and without a boot menu: what is kept
 * of that is each host's own.
 */
const hostOf = (document: Document): SimulatedSystem => {
  const macs = macsOf(document)
  const state = blankHost({ hostname: null, memory: 1024 ** 2, devices: [] })
  const files = Object.entries(state.files).filter(([path]) => !/^\/boot(\/|$)/.test(path))
  return new SimulatedSystem({
    ...state,
    files: Object.fromEntries(files),
    ...(Object.keys(macs).length > 0 && { network: networkWith(macs) }),
  })
}

export const renderCommand = (): Command =>
  siteCommand('render', 'every file that the agent would write on a host, were it a Debian one')
    .argument('<host>', 'the machine')
    .requiredOption('--out <dir>', 'the directory that stands for the root of the host')
    .action(async (host: string, options: SiteOptions & { readonly out: string }) => {
      const compiled = compiledFor(host, options)
      const document = compiled && documentOf(compiled, host, options.json)
      if (compiled === undefined || document === undefined) return
      const { files, rejected } = await renderedFiles(document, components, hostOf(document))
      for (const file of files) {
        const path = join(options.out, file.path)
        makeDirectory(dirname(path))
        rmSync(path, { force: true })
        if (file.op === 'link') symlinkSync(file.target, path)
        else writeFileSync(path, file.content, { mode: file.mode })
      }
      const paths = files.map(file => join(options.out, file.path))
      for (const reason of rejected) process.stderr.write(`left out, as it depends on the host: ${reason}\n`)
      if (options.json) printJson({ host, files: paths })
      else process.stdout.write(`${[...paths, `${plural(paths.length, 'file')} for ${host}`].join('\n')}\n`)
      if (paths.length > 0 || options.json) return
      const where = whereFilesAre(host, compiled, options)
      if (where !== undefined) process.stderr.write(`${host} has no files of its own: ${where}\n`)
    })

/** Of a machine without files: a guest's are its host's, and a chassis has no agent. */
const whereFilesAre = (name: string, { machines }: CompiledSite, options: SiteOptions): string | undefined => {
  const { children, isHypervisor } = machines.parentage
  const inside = reachedFrom([name], machine => children(machine).map(child => child.name))
  const hosts = isHypervisor(name) ? [] : [...inside].filter(isHypervisor)
  if (hosts.length > 0) return `no agent runs on it; try the hosts in it, ${namesText(hosts)}`
  const found = enclosedMachine(name, options)
  if (found?.parent?.type === 'hypervisor') return `try ${found.parent.name}, which encloses it`
  return found && 'it declares nothing that an agent would write'
}
