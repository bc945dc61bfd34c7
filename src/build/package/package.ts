// `npm run package`: the Debian package of the agent, and the archive for other systems, into dist/.
import { execFileSync, spawnSync } from 'node:child_process'
import { join, relative } from 'node:path'
import { components } from '../../../components/index.js'
import { agentCommand } from '../../cli/verbs/agent.js'
import { version } from '../../cli/version.js'
import { createValidate } from '../../compiler/judge/validate.js'
import { packageRoot } from '../../compiler/package-root.js'
import { openSystem } from '../../system/open.js'
import { buildPackages, packageName } from './deb.js'
import { sourceDate } from './source-date.js'

const root = packageRoot()

if (spawnSync('dpkg-deb', ['--version']).error !== undefined) {
  console.error('package: dpkg-deb is missing: on Debian it is in the package dpkg')
  process.exitCode = 1
} else {
  const program = agentCommand({ components, validate: createValidate(), openSystem, version }).name(packageName)
  const { deb, archive } = await buildPackages({
    root,
    version,
    date: sourceDate(root),
    program,
    directory: join(root, 'dist'),
  })
  for (const file of [deb, archive]) console.log(relative(process.cwd(), file))
  console.log(execFileSync('dpkg-deb', ['--contents', deb], { encoding: 'utf8' }).trimEnd())
}
