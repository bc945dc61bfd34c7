// `agent`: the verbs that work on a host. The full command and the bundled agent share them; they differ in the systems
// that they can open and in how they validate.
import { Command } from 'commander'
import type { AgentParts } from '../agent/options.js'
import { runCommand } from '../agent/run.js'

/** The command `agent` with its verbs. */
export const agentCommand = (parts: AgentParts): Command => {
  const agent = new Command('agent').description('bring this host to what its document declares')
  for (const verb of [runCommand(parts)]) agent.addCommand(verb)
  return agent
}
