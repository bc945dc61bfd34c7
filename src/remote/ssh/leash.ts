// The leash: what holds a command on a host to the connection that it was started by. sshd ends nothing when a
// connection is lost, and its signals do not reach what sudo started. So the command is the child of this small program
// of Node, which reads standard input: first the command's own, whose length it is told, and then nothing until the end.
// The end of input means that nobody waits any more, or is asked for by closing it: the command is told to end
// (SIGTERM), as by Ctrl-C at the host. The agent then lets what is under way end, and begins nothing new.

const program = `
const { spawn } = require('node:child_process')
const { signals } = require('node:os').constants
const [length, file, ...parameters] = process.argv.slice(1)
const child = spawn(file, parameters, { detached: true, stdio: ['pipe', 'inherit', 'inherit'] })
let left = Number(length)
const pass = chunk => {
  const part = chunk.subarray(0, left)
  left -= part.length
  if (part.length > 0) child.stdin.write(part)
  if (left === 0) child.stdin.end()
}
child.stdin.on('error', () => undefined)
child.on('error', error => { console.error(error.message); process.exit(127) })
child.on('exit', (code, signal) => process.exit(code ?? 128 + signals[signal]))
process.stdin.on('data', pass).on('end', () => {
  try { process.kill(-child.pid, 'SIGTERM') } catch {}
})
pass(Buffer.alloc(0))
`

/** The command on its leash; `length` is that of its input in bytes. A signal that ended it counts as 128 and its number. */
export const leashed = (argv: readonly string[], length: number): readonly string[] => [
  ...['node', '-e', program.trim(), '--', String(length)],
  ...argv,
]
