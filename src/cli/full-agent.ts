// `agent` of the full command, which also has the simulated system.
import type { Command } from 'commander'
import { components } from '../../components/index.js'
import { createValidate } from '../compiler/judge/validate.js'
import { openSystem } from '../system/open.js'
import { agentCommand } from './verbs/agent.js'
import { version } from './version.js'

export const fullAgentCommand = (): Command =>
  agentCommand({ version, components, validate: createValidate(), openSystem })
