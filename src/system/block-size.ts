// How large a block device is.
import { existsSync, readFileSync } from 'node:fs'

/**
 * Bytes; 0 of a node in /dev that has no device behind it. lstat says 0 for all: sysfs has the size, in sectors of 512
 * bytes. Device numbers as in makedev(3).
 */
export const blockSize = (device: number): number => {
  const number = BigInt(device)
  const major = ((number >> 8n) & 0xfffn) | ((number >> 32n) & ~0xfffn)
  const minor = (number & 0xffn) | ((number >> 12n) & 0xffffff00n)
  const file = `/sys/dev/block/${major}:${minor}/size`
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) * 512 : 0
}
