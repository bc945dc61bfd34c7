// Reads what stands after `sim:` on the command line: the file that keeps the host, and how the machine is made if
// there is no such file yet.
import { parseQuantity, type QuantitySpec } from '../../model/quantity.js'

export type HostSpec = {
  readonly hostname: string | null
  /** MiB. */
  readonly memory: number
  /** None given: every disk that is asked for exists. */
  readonly devices: readonly DeviceSpec[]
}

export type DeviceSpec = { readonly path: string; readonly size: number; readonly serial: string | null }

/** What was asked for is no System; the message says what was expected. */
export class SystemSpecError extends Error {
  override readonly name = 'SystemSpecError'
}

/** MiB. */
export const defaultMemory = 256 * 1024

/** `host.json?ram=64GiB&pv=/dev/sdb:500GiB:SERIAL&pv=...&hostname=NAME`; everything but the file may be left out. */
export const parseSpec = (spec: string): { readonly file: string; readonly host: HostSpec } => {
  const mark = spec.indexOf('?')
  const file = mark === -1 ? spec : spec.slice(0, mark)
  if (file === '') throw new SystemSpecError(`a simulated host needs a file: ${form}`)
  const query = [...new URLSearchParams(mark === -1 ? '' : spec.slice(mark + 1))]
  const valuesOf = (key: string): readonly string[] => query.filter(([name]) => name === key).map(([, value]) => value)

  const unknown = query.find(([name]) => !['ram', 'pv', 'hostname'].includes(name))
  if (unknown !== undefined) throw new SystemSpecError(`unknown ${unknown[0]}=: ${form}`)
  for (const key of ['ram', 'hostname']) {
    if (valuesOf(key).length > 1) throw new SystemSpecError(`${key}= more than once: ${form}`)
  }
  const ram = valuesOf('ram').map(written => quantity('ram', written, { kind: 'size', unit: 'MiB' }))
  return {
    file,
    host: {
      hostname: valuesOf('hostname')[0] ?? null,
      memory: ram[0] ?? defaultMemory,
      devices: valuesOf('pv').map(parseDevice),
    },
  }
}

const form = 'expected sim:FILE?ram=SIZE&pv=DEVICE:SIZE[:SERIAL]&hostname=NAME, SIZE like 500GiB'

/** The device's path may itself hold colons (/dev/disk/by-path/...), so the size is the first that reads as one. */
const parseDevice = (written: string): DeviceSpec => {
  const [, path, size, serial] = /^(\/dev\/.+?):([\d.]+ ?[A-Za-z]+)(?::([^:]+))?$/.exec(written) ?? []
  if (path === undefined || size === undefined) throw new SystemSpecError(`pv=${written}: ${form}`)
  return { path, size: quantity('pv', size, { kind: 'size', unit: 'B' }), serial: serial ?? null }
}

const quantity = (key: string, written: string, spec: QuantitySpec): number => {
  const parsed = parseQuantity(written, spec)
  if (!parsed.ok) throw new SystemSpecError(`${key}=${written}: expected ${parsed.expected}`)
  return parsed.value
}
