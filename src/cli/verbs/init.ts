// `init`: a small site to start from.
import { join } from 'node:path'
import { Command } from 'commander'
import { startSite } from '../../compiler/site/start-site.js'
import { printJson, printUsageError } from '../output.js'

export const initCommand = (): Command =>
  new Command('init')
    .description('a small site to start from: a host and a guest')
    .argument('<dir>', 'where it goes; what is there already is kept')
    .option('--json', 'the answer as JSON, diagnostics as JSON lines', false)
    .action((dir: string, { json }: { readonly json: boolean }) => {
      const started = startSite(dir)
      if (started === undefined) {
        printUsageError(`${dir} is a site already`, 'xenclosure.yaml is there; xenclosure check says how it is', json)
        process.exitCode = 2
      } else if (json) printJson({ site: dir, ...started })
      else {
        for (const path of started.written) process.stdout.write(`${join(dir, path)}\n`)
        for (const path of started.kept) process.stdout.write(`${join(dir, path)} was there already\n`)
        process.stdout.write(`next: xenclosure check --site ${dir}\n`)
      }
    })
