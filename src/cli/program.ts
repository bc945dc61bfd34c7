// The verbs of `xenclosure`, one file each. Exit codes, for every verb: 0 done, 1 failed, 2 bad input or usage,
// 3 something is pending, refused or (with --noaction) to be done, 75 another run holds the lock.
import { Command } from 'commander'
import { components } from '../../components/index.js'
import { createValidate } from '../compiler/validate.js'
import { openSystem } from '../system/open.js'
import { agentCommand } from './verbs/agent.js'
import { applyCommand } from './verbs/apply.js'
import { checkCommand } from './verbs/check.js'
import { childrenCommand } from './verbs/children.js'
import { compileCommand } from './verbs/compile.js'
import { completionCommand } from './verbs/completion.js'
import { dhcpCommand } from './verbs/dhcp.js'
import { diffCommand } from './verbs/diff.js'
import { explainCommand } from './verbs/explain.js'
import { fmtCommand } from './verbs/fmt.js'
import { initCommand } from './verbs/init.js'
import { interveneCommand } from './verbs/intervene.js'
import { keysCommand } from './verbs/keys.js'
import { kickstartCommand } from './verbs/kickstart.js'
import { netbootCommand } from './verbs/netboot.js'
import { parentCommand } from './verbs/parent.js'
import { planCommand } from './verbs/plan.js'
import { rehearseCommand } from './verbs/rehearse.js'
import { reinstallCommand } from './verbs/reinstall.js'
import { releaseCommand } from './verbs/release.js'
import { renderCommand } from './verbs/render.js'
import { schemaCommand } from './verbs/schema.js'
import { serveCommand } from './verbs/serve.js'
import { showCommand } from './verbs/show.js'
import { testCommand } from './verbs/test.js'
import { treeCommand } from './verbs/tree.js'
import { usesCommand } from './verbs/uses.js'
import { version } from './version.js'

/** The command with all its verbs. */
export const createProgram = (): Command => {
  const program = new Command('xenclosure')
    .description('Keeps Xen hosts, and everything that runs on them, as their administrators declared it in git.')
    .version(version)
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 failed, 2 bad input or usage, 3 something is left to do, 75 another run holds the lock',
    )

  const verbs = [
    initCommand(),
    checkCommand(),
    compileCommand(),
    testCommand(),
    showCommand(),
    explainCommand(),
    usesCommand(),
    diffCommand(),
    rehearseCommand(),
    treeCommand(),
    parentCommand(),
    childrenCommand(),
    renderCommand(),
    planCommand(),
    applyCommand(),
    kickstartCommand(),
    netbootCommand(),
    dhcpCommand(),
    serveCommand(),
    reinstallCommand(),
    interveneCommand(),
    releaseCommand(),
    fmtCommand(),
    schemaCommand(),
    completionCommand(program),
    keysCommand(),
    agentCommand({ version, components, validate: createValidate(), openSystem }),
  ]
  for (const verb of verbs) program.addCommand(verb)
  return program
}
