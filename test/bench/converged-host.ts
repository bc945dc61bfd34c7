// A directory that stands for a converged host, for benches on a machine that is none: its files below `root`, and in
// `bin` stand-ins for its commands. Both come from the simulated host; a stand-in prints what that answered, and costs
// what a shell and a cat cost. Nothing here is the real xl or LVM: docs/performance.md has the figures of the lab's host.
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { components } from '../../components/index.js'
import type { Report } from '../../src/agent/report.js'
import { run } from '../../src/agent/run.js'
import { defaultStateDirectory } from '../../src/agent/state.js'
import { compileSite } from '../../src/compiler/compile.js'
import { createValidate } from '../../src/compiler/judge/validate.js'
import { packageRoot } from '../../src/compiler/package-root.js'
import { canonicalJson } from '../../src/model/json.js'
import type { ExecResult, System } from '../../src/model/system.js'
import { type RecordedCall, recording } from '../../src/system/recorded.js'
import { blankHost } from '../../src/system/simulated/blank.js'
import { SimulatedSystem } from '../../src/system/simulated/simulated-system.js'
import type { SimulatedState } from '../../src/system/simulated/state.js'

export type ConvergedHost = {
  readonly document: string
  readonly root: string
  readonly bin: string
  /** A byte for each time that `xl list -l` was asked: one for each look at the host. */
  readonly looks: string
  /** Every call of a run with nothing to do, with its answer. */
  readonly calls: readonly RecordedCall[]
}

/** The example site's gridhost with its five guests, after a run, a reboot and a run that found nothing to do. */
export const layConvergedHost = async (directory: string): Promise<ConvergedHost> => {
  // The agent takes no other machine's document.
  const name = hostname()
  const document = join(directory, `${name}.json`)
  const gridhost = compileSite(packageRoot(), components).compiled?.documents.get('gridhost')
  writeFileSync(document, canonicalJson({ ...gridhost, name }))
  const devices = [{ path: '/dev/sdb', size: 500 * 1024 ** 3, serial: null }]
  const host = new SimulatedSystem(blankHost({ hostname: name, memory: 65536, devices }))
  await runOn(host, document)
  host.reboot()
  await runOn(host, document)
  const { system, calls } = recording(host)
  const last = await runOn(system, document)
  if (!last.converged || last.actions.length > 0) throw new Error('the simulated host did not converge')
  const [root, bin, looks] = [join(directory, 'root'), join(directory, 'bin'), join(directory, 'looks')]
  layFiles(root, host.state)
  layKernelFiles(root, calls)
  layStandIns(bin, looks, calls)
  return { document, root, bin, looks, calls }
}

const runOn = (system: System, document: string): Promise<Report> =>
  run({
    ...{ system, components, validate: createValidate(), version: 'bench', sources: [document], trust: [] },
    ...{ state: defaultStateDirectory, noaction: false, allow: new Set<string>(), events: () => undefined },
  })

const layFiles = (root: string, { files }: SimulatedState): void => {
  for (const [path, node] of Object.entries(files).sort(([a], [b]) => a.length - b.length)) {
    const file = join(root, path)
    mkdirSync(node.type === 'directory' ? file : dirname(file), { recursive: true })
    if (node.type === 'file') writeFileSync(file, node.content, { mode: node.mode })
    if (node.type === 'link') symlinkSync(node.target, file)
  }
}

/** What the kernel shows as files, and the simulated host keeps elsewhere. */
const layKernelFiles = (root: string, calls: readonly RecordedCall[]): void => {
  for (const call of calls) {
    if (call.call !== 'read' || typeof call.answer !== 'string' || existsSync(join(root, call.path))) continue
    mkdirSync(join(root, dirname(call.path)), { recursive: true })
    writeFileSync(join(root, call.path), call.answer)
  }
}

/** One script for each command; its answers are files, found by the arguments. */
const layStandIns = (bin: string, looks: string, calls: readonly RecordedCall[]): void => {
  mkdirSync(bin, { recursive: true })
  const answers = new Map<string, Map<string, ExecResult>>()
  for (const call of calls) {
    if (call.call !== 'exec') continue
    const [command = '', ...rest] = call.argv
    const known = answers.get(command) ?? new Map<string, ExecResult>()
    answers.set(command, known.set(rest.join(' '), call.answer as ExecResult))
  }
  for (const [command, known] of answers) {
    const cases = [...known].map(([args, { stdout, code }], index) => {
      const file = join(bin, `.${command}-${index}`)
      writeFileSync(file, stdout)
      const count = `${command} ${args}` === 'xl list -l' ? `printf . >> '${looks}'; ` : ''
      return code === 0 ? `'${args}') ${count}exec cat '${file}';;` : `'${args}') cat '${file}'; exit ${code};;`
    })
    const script = `#!/bin/sh\ncase "$*" in\n${cases.join('\n')}\n*) echo "not recorded: $0 $*" >&2; exit 99;;\nesac\n`
    writeFileSync(join(bin, command), script)
    chmodSync(join(bin, command), 0o755)
  }
}
