// The bundled agent's main: `xenclosure-agent run ...`. It knows this machine only; its components and their generated
// validators come from the bundle (src/build/bundle.ts), so that no YAML, schema compiler or simulator gets in.
import { LocalSystem } from '../system/local.js'
import type { AgentParts } from './agent/options.js'
import { outliveReaders } from './output.js'
import { exitCodes, withHelpAsOption, withPlainHelp } from './plain-help.js'
import { refuseEmpty } from './refuse-empty.js'
import { agentCommand } from './verbs/agent.js'

const unfinished = 13

/** Parses the arguments and runs; the outcome is the process's exit code. */
export const main = async (parts: Omit<AgentParts, 'openSystem'>): Promise<void> => {
  const agent = agentCommand({
    ...parts,
    openSystem: async (spec, options) => {
      if (spec !== 'local') throw new Error(`--system ${spec}: the bundled agent knows this machine only`)
      return new LocalSystem(options)
    },
  })
    .name('xenclosure-agent')
    .version(parts.version)
    .addHelpText('after', exitCodes)
  refuseEmpty(withPlainHelp(agent))
  for (const command of [agent, ...agent.commands]) {
    command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  }
  outliveReaders()
  // As Node ends a module whose work never comes to its end: not with success.
  process.exitCode = unfinished
  await agent.parseAsync(withHelpAsOption(agent, process.argv.slice(2)), { from: 'user' })
  if (process.exitCode === unfinished) process.exitCode = 0
}
