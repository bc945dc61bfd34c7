// That nobody else uses what is to be filled.
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { hasCode } from '../has-code.js'

/** Opened for writing; a device that is mounted or held is not (EBUSY, open(2)), and stays ours as long as it is open. */
export const openUnused = async (target: string): Promise<FileHandle> => {
  try {
    return await open(target, constants.O_RDWR | constants.O_EXCL)
  } catch (error) {
    throw hasCode(error, 'EBUSY') ? new Error(`${target} is in use`, { cause: error }) : error
  }
}

export const requireUnused = async (target: string): Promise<{ readonly isDevice: boolean }> => {
  const handle = await openUnused(target)
  try {
    return { isDevice: (await handle.stat()).isBlockDevice() }
  } finally {
    await handle.close()
  }
}
