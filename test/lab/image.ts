// The disk image of the lab's host, built once and kept: its directory is named by the digest of all that goes into it.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { show } from './command.js'

/** Debian 12 has Xen 4.17, the release that the lab is about. */
const suite = 'bookworm'
const scripts = ['build-image', 'make-guest'].map(name => join(import.meta.dirname, name))

/**
 * The image for this tree and this Node, from `cache` or built there (90 s): a directory with dom0.raw, never written
 * again, and id, the ssh key of its root.
 */
export const provideImage = async (cache: string, signal: AbortSignal): Promise<string> => {
  const node = realpathSync(process.execPath)
  const directory = join(cache, `image-${digest([...scripts, node])}`)
  if (existsSync(directory)) return directory
  mkdirSync(cache, { recursive: true })
  const partial = mkdtempSync(join(cache, 'partial-'))
  try {
    await show([join(import.meta.dirname, 'build-image'), partial], {
      timeout: 10 * 60_000,
      signal,
      env: { SUITE: suite, NODE: node, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    })
    renameSync(partial, directory)
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
  return directory
}

const digest = (files: readonly string[]): string => {
  const hash = createHash('sha256').update(suite)
  for (const file of files) hash.update(readFileSync(file))
  return hash.digest('hex').slice(0, 16)
}
