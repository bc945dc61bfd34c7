// How large a block device is.
import { readFile } from 'node:fs/promises'

/** lstat says 0 for a block device; sysfs has its size in sectors of 512 bytes. Device numbers as in makedev(3). */
export const blockSize = async (device: number): Promise<number> => {
  const number = BigInt(device)
  const major = ((number >> 8n) & 0xfffn) | ((number >> 32n) & ~0xfffn)
  const minor = (number & 0xffn) | ((number >> 12n) & 0xffffff00n)
  return Number(await readFile(`/sys/dev/block/${major}:${minor}/size`, 'utf8')) * 512
}
