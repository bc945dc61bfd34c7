// The real xl's parser, for tests.
import { spawnSync } from 'node:child_process'
import type { Test } from 'tap'
import type { JsonMap } from '../../src/model/json.js'
import { skipWithout } from './require-tool.js'

export type Parsed =
  | { readonly file: string; readonly ok: true; readonly config: JsonMap; readonly warnings: readonly string[] }
  | { readonly file: string; readonly ok: false; readonly error: string; readonly warnings: readonly [] }

/** What xl makes of each config file, in their order. */
export const parseWithXl = (files: readonly string[]): readonly Parsed[] => {
  const { stdout, stderr } = spawnSync('test/oracles/xl-check/xl-check', files, {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  const lines = stdout.split('\n').filter(line => line !== '')
  if (lines.length !== files.length) throw new Error(`xl-check: ${stderr}`)
  return lines.map(line => JSON.parse(line) as Parsed)
}

export const skipWithoutXl = (t: Test): boolean =>
  skipWithout(t, '/usr/lib/xen-4.17/bin/xl', 'apt-get install -y --no-install-recommends xen-utils-4.17') ||
  skipWithout(t, 'cc', 'apt-get install -y --no-install-recommends gcc libc6-dev')
