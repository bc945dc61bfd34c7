// `render`: every file that the agent would write on a host, below a directory, to look at and to check.
import { rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Command } from 'commander'
import { components } from '../../../components/index.js'
import { renderedFiles } from '../../agent/render.js'
import { makeDirectory } from '../../compiler/make-directory.js'
import { blankHost } from '../../system/simulated/blank.js'
import { SimulatedSystem } from '../../system/simulated/simulated-system.js'
import { compiledSite, documentOf, type SiteOptions, siteCommand } from '../compiled.js'
import { plural, printJson } from '../output.js'

/** A host with room for everything, and without a boot menu: what is kept of that is each host's own. */
const anyHost = (): SimulatedSystem => {
  const state = blankHost({ hostname: null, memory: 1024 ** 2, devices: [] })
  const files = Object.entries(state.files).filter(([path]) => !/^\/boot(\/|$)/.test(path))
  return new SimulatedSystem({ ...state, files: Object.fromEntries(files) })
}

export const renderCommand = (): Command =>
  siteCommand('render', 'every file that the agent would write on a host')
    .argument('<host>', 'the machine')
    .requiredOption('--out <dir>', 'the directory that stands for the root of the host')
    .action(async (host: string, options: SiteOptions & { readonly out: string }) => {
      const compiled = compiledSite(options)
      const document = compiled && documentOf(compiled, host, options.json)
      if (document === undefined) return
      const files = await renderedFiles(document, components, anyHost())
      for (const file of files) {
        const path = join(options.out, file.path)
        makeDirectory(dirname(path))
        rmSync(path, { force: true })
        if (file.op === 'link') symlinkSync(file.target, path)
        else writeFileSync(path, file.content, { mode: file.mode })
      }
      const paths = files.map(file => join(options.out, file.path))
      if (options.json) printJson({ host, files: paths })
      else process.stdout.write(`${[...paths, `${plural(paths.length, 'file')} for ${host}`].join('\n')}\n`)
      const parent = compiled?.machines.parentage.parent(host)
      if (paths.length === 0 && parent !== undefined && !options.json)
        process.stderr.write(`${host} has no files of its own: try ${parent}, which encloses it\n`)
    })
