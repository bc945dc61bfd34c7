// The items of a run with nothing to do as a policy of CFEngine 3.21: each file held against a copy, each link against
// its target, each command against its exit code.
import { copyFileSync, lstatSync, mkdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { ConvergedHost } from './converged-host.js'

/** The policy; `directory` is where the copies go. */
export const printPolicy = ({ root, bin, calls }: ConvergedHost, directory: string): string => {
  const copies = join(directory, 'copies')
  mkdirSync(copies)
  const paths = new Set(
    calls.flatMap(call => (call.call === 'read' || call.call === 'stat' ? [join(root, call.path)] : [])),
  )
  const promises = [...paths].flatMap((path, index) => {
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (stats?.isSymbolicLink()) return [`    "${path}" link_from => to("${readlinkSync(path)}");`]
    if (!stats?.isFile()) return []
    const copy = join(copies, String(index))
    copyFileSync(path, copy)
    return [`    "${path}" copy_from => same("${copy}");`]
  })
  const commands = new Set(calls.flatMap(call => (call.call === 'exec' ? [call.argv.join(' ')] : [])))
  const checks = [...commands].map(
    (command, index) => `    "check${index}" expression => returnszero("${join(bin, command)}", "noshell");`,
  )
  return `body common control { bundlesequence => { "main" }; }
body copy_from same(file) { source => "$(file)"; compare => "digest"; }
body link_from to(target) { source => "$(target)"; link_type => "symlink"; }
bundle agent main {
  files:
${promises.join('\n')}
  classes:
${checks.join('\n')}
}
`
}
