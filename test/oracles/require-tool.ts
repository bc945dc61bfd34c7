// The one rule for tests that need a real tool: they are skipped where it is missing, and fail there where
// XENCLOSURE_REQUIRE_TOOLS=1 asks for all of them, as .ci/run does.
import { accessSync, constants } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import type { Test } from 'tap'

/**
 * Whether the test must return at once: the tool (a command or an absolute path) is not here. `remedy` says how to get
 * it: `apt-get install -y --no-install-recommends xen-utils-4.17`.
 */
export const skipWithout = (t: Test, tool: string, remedy: string): boolean => {
  if (isHere(tool)) return false
  return skip(t, `${tool} is not here: ${remedy}`)
}

/** The same where only root can do it: `network namespaces`. */
export const skipWithoutRoot = (t: Test, what: string): boolean => {
  if (process.getuid?.() === 0) return false
  return skip(t, `${what} need root`)
}

/** The same for whatever else is not allowed or not there. */
export const skip = (t: Test, message: string): true => {
  if (process.env.XENCLOSURE_REQUIRE_TOOLS === '1') t.fail(message)
  else t.pass(message, { skip: message })
  return true
}

/** Administrators' commands are looked for even where the user's PATH leaves them out. */
export const isHere = (tool: string): boolean => {
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin']
  const candidates = isAbsolute(tool) ? [tool] : directories.map(directory => join(directory, tool))
  return candidates.some(isExecutable)
}

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
