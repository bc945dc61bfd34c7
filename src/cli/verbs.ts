// The verbs of the command, each loaded when it is asked for: all of them together take longer than most of them need.
import type { Command } from 'commander'

/** By name, in the order of --help. */
export const verbs: Readonly<Record<string, (program: Command) => Promise<Command>>> = {
  init: async () => (await import('./verbs/init.js')).initCommand(),
  check: async () => (await import('./verbs/check.js')).checkCommand(),
  compile: async () => (await import('./verbs/compile.js')).compileCommand(),
  test: async () => (await import('./verbs/test.js')).testCommand(),
  show: async () => (await import('./verbs/show.js')).showCommand(),
  explain: async () => (await import('./verbs/explain.js')).explainCommand(),
  uses: async () => (await import('./verbs/uses.js')).usesCommand(),
  diff: async () => (await import('./verbs/diff.js')).diffCommand(),
  rehearse: async () => (await import('./verbs/rehearse.js')).rehearseCommand(),
  tree: async () => (await import('./verbs/tree.js')).treeCommand(),
  parent: async () => (await import('./verbs/parent.js')).parentCommand(),
  children: async () => (await import('./verbs/children.js')).childrenCommand(),
  render: async () => (await import('./verbs/render.js')).renderCommand(),
  plan: async () => (await import('./verbs/plan.js')).planCommand(),
  apply: async () => (await import('./verbs/apply.js')).applyCommand(),
  kickstart: async () => (await import('./verbs/kickstart.js')).kickstartCommand(),
  netboot: async () => (await import('./verbs/netboot.js')).netbootCommand(),
  dhcp: async () => (await import('./verbs/dhcp.js')).dhcpCommand(),
  serve: async () => (await import('./verbs/serve.js')).serveCommand(),
  reinstall: async () => (await import('./verbs/reinstall.js')).reinstallCommand(),
  intervene: async () => (await import('./verbs/intervene.js')).interveneCommand(),
  release: async () => (await import('./verbs/release.js')).releaseCommand(),
  fmt: async () => (await import('./verbs/fmt.js')).fmtCommand(),
  schema: async () => (await import('./verbs/schema.js')).schemaCommand(),
  completion: async program => (await import('./verbs/completion.js')).completionCommand(program),
  keys: async () => (await import('./verbs/keys.js')).keysCommand(),
  agent: async () => (await import('./full-agent.js')).fullAgentCommand(),
}
