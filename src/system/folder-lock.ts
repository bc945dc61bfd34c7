// What several processes read and then write in a folder, done by one of them at a time. The lock is the kernel's (flock(2)), on
// the folder itself: it leaves no file behind, and is gone with its holder, however that ends. Node cannot take one, so
// flock(1) of util-linux takes it on a descriptor that it has from this process: the lock is of what is open, not of who asked.
import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { CommandFailed } from '../model/system.js'

/** Seconds: under the lock, files are written, and nothing is waited for. */
const usualPatience = 30

/** In turns also within one process. Throws CommandFailed where the folder stays locked, or nothing can lock it. */
export const whileLocked = async <Result>(
  folder: string,
  work: () => Result,
  patience = usualPatience,
): Promise<Result> => {
  const opened = openSync(folder, 'r')
  try {
    await lock(folder, opened, patience)
    return work()
  } finally {
    closeSync(opened)
  }
}

const lock = (folder: string, opened: number, patience: number): Promise<void> => {
  const argv = ['flock', '--exclusive', '--timeout', `${patience}`, '3']
  const failed = (reason: string, more: object): CommandFailed => new CommandFailed(argv, { reason, ...more })
  return new Promise((resolve, reject) => {
    const [command = '', ...args] = argv
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe', opened] })
    const said: Buffer[] = []
    child.stderr?.on('data', chunk => said.push(chunk))
    child.once('error', cause => reject(failed(`${cause.message}: it is part of util-linux`, { cause })))
    child.once('close', code => {
      const stderr = Buffer.concat(said).toString()
      if (code === 0) resolve()
      else if (code === 1 && stderr === '') reject(failed(`${folder} stays locked by somebody else`, { code }))
      else reject(failed(`exit code ${code}`, { code, stderr }))
    })
  })
}
