// A simulated host that a file keeps from run to run.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type Json, sortKeys } from '../../model/json.js'
import { hasCode } from '../has-code.js'
import { blankHost } from './blank.js'
import { SimulatedSystem } from './simulated-system.js'
import { parseSpec, SystemSpecError } from './spec.js'
import type { SimulatedState } from './state.js'

/**
 * `host.json?ram=64GiB&pv=/dev/sdb:500GiB&hostname=NAME`: the host that the file holds, or where there is none a blank
 * one as the rest describes it. The file is written at the first change, and whole at each. Throws SystemSpecError.
 */
export const openSimulated = (spec: string): SimulatedSystem => {
  const { file, host } = parseSpec(spec)
  const save = (state: SimulatedState): void => {
    writeFileSync(`${file}.new`, `${JSON.stringify(sortKeys(state as unknown as Json), null, 2)}\n`)
    renameSync(`${file}.new`, file)
  }
  return new SimulatedSystem(load(file) ?? blankHost(host), { label: `simulated host (${resolve(file)})`, save })
}

const load = (file: string): SimulatedState | undefined => {
  const text = readOrNull(file)
  if (text === null) {
    if (!existsSync(dirname(file))) throw new SystemSpecError(`${file}: there is no directory ${dirname(file)}`)
    return undefined
  }
  try {
    const value: unknown = JSON.parse(text)
    if (isState(value)) return value
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new SystemSpecError(`${file} is not a simulated host: expected a file that an earlier run wrote, or none`)
}

const isState = (value: unknown): value is SimulatedState =>
  typeof value === 'object' && value !== null && 'simulated' in value && value.simulated === 1

const readOrNull = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  }
}
