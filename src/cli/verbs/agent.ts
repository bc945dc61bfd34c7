// `agent`: the verbs that work on a host. The full command and the bundled agent share them; they differ in the systems
// that they can open and in how they validate.
import { Command } from 'commander'
import { downCommand, upCommand } from '../agent/down-up.js'
import { graphCommand } from '../agent/graph.js'
import { claimCommand, holdCommand } from '../agent/guests.js'
import type { AgentParts } from '../agent/options.js'
import { reinstallCommand } from '../agent/reinstall.js'
import { runCommand } from '../agent/run.js'
import { statusCommand } from '../agent/status.js'
import { watchCommand } from '../agent/watch.js'

/** The command `agent` with its verbs. */
export const agentCommand = (parts: AgentParts): Command => {
  const agent = new Command('agent').description('bring this host to what its document declares')
  const verbs = [
    runCommand,
    watchCommand,
    statusCommand,
    graphCommand,
    holdCommand,
    claimCommand,
    downCommand,
    upCommand,
    reinstallCommand,
  ]
  for (const verb of verbs) agent.addCommand(verb(parts))
  return agent
}
