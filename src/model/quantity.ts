// Sizes and durations: exact quantities, parsed once from what an administrator writes ("2 GiB", "90 s"). A schema
// names the unit of the document (`x-quantity: {kind: size, unit: MiB}`); a bare number is in that unit.

export type QuantityKind = 'size' | 'duration'
export type QuantitySpec = { readonly kind: QuantityKind; readonly unit: string }

/** Bytes per unit: binary prefixes are powers of 1024 (IEC 80000-13), decimal ones powers of 1000. */
const sizes: Readonly<Record<string, bigint>> = {
  B: 1n,
  kB: 10n ** 3n,
  MB: 10n ** 6n,
  GB: 10n ** 9n,
  TB: 10n ** 12n,
  KiB: 1n << 10n,
  MiB: 1n << 20n,
  GiB: 1n << 30n,
  TiB: 1n << 40n,
}

/** Milliseconds per unit. */
const durations: Readonly<Record<string, bigint>> = {
  ms: 1n,
  s: 1000n,
  min: 60_000n,
  h: 3_600_000n,
  d: 86_400_000n,
}

const unitsOf = (kind: QuantityKind): Readonly<Record<string, bigint>> => (kind === 'size' ? sizes : durations)

/** The names of the units of every kind. */
export const units: Readonly<Record<QuantityKind, readonly string[]>> = {
  size: Object.keys(sizes),
  duration: Object.keys(durations),
}

export type ParsedQuantity =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly expected: string }

/**
 * Parses what was written into a whole number of the schema's unit.
 * `parseQuantity('1.5 GiB', {kind: 'size', unit: 'MiB'})` is 1536. An unknown unit (a bare `G` is ambiguous, so it is
 * one), a negative quantity, or a result that is not a whole number of the unit is refused with what was expected.
 */
export const parseQuantity = (written: string | number, spec: QuantitySpec): ParsedQuantity => {
  const factors = unitsOf(spec.kind)
  const match = /^(\d+)(?:\.(\d+))?\s*([A-Za-z]*)$/.exec(String(written).trim())
  const unit = match?.[3] === '' ? spec.unit : match?.[3]
  const factor = unit !== undefined && Object.hasOwn(factors, unit) ? factors[unit] : undefined
  const target = factors[spec.unit]
  if (match === null || factor === undefined || target === undefined) return { ok: false, expected: expectedForm(spec) }
  const fraction = match[2] ?? ''
  const scaled = BigInt(`${match[1]}${fraction}`) * factor
  const divisor = target * 10n ** BigInt(fraction.length)
  if (scaled % divisor !== 0n) {
    const whole = scaled / divisor
    const instead = whole > 0n ? `: write ${whole} ${spec.unit}` : ''
    const meant =
      unit === spec.unit ? '' : ` (${String(written).trim()} is ${printRatio(scaled, divisor)} ${spec.unit}${instead})`
    return { ok: false, expected: `a whole number of ${spec.unit}${meant}` }
  }
  const value = Number(scaled / divisor)
  return Number.isSafeInteger(value) ? { ok: true, value } : { ok: false, expected: `at most 2^53 ${spec.unit}` }
}

/** A duration of a command line, in seconds: there `m` is `min`, too, as sleep(1) has it. In a profile a unit has one name. */
export const parseDuration = (written: string): ParsedQuantity =>
  parseQuantity(written.replace(/(?<=[\d\s])m\s*$/, 'min'), { kind: 'duration', unit: 's' })

/** With up to eight places behind the point, cut off. */
const printRatio = (dividend: bigint, divisor: bigint): string => {
  const fraction = (dividend % divisor) * 10n ** 8n
  const places = `${fraction / divisor}`.padStart(8, '0').replace(/0+$/, '')
  return `${fraction % divisor === 0n ? '' : 'about '}${dividend / divisor}.${places === '' ? '0' : places}`
}

const expectedForm = (spec: QuantitySpec): string =>
  `a ${spec.kind}: a number with one of ${units[spec.kind].join(', ')} (a bare number is in ${spec.unit})`

/** Bytes for people: the largest binary unit that divides them exactly, `68 MiB`. */
export const printSize = (bytes: number): string => printSizesAlike(bytes)[0]

/** Sizes that one message compares: all in the largest binary unit that divides each of them exactly, `3072 MiB` beside `68 MiB`. */
export const printSizesAlike = <const All extends readonly number[]>(...all: All): { [Index in keyof All]: string } => {
  const isAny = all.some(bytes => bytes > 0)
  const unit = (['TiB', 'GiB', 'MiB', 'KiB'] as const).find(
    name => isAny && all.every(bytes => BigInt(bytes) % (sizes[name] ?? 1n) === 0n),
  )
  const print = (bytes: number): string =>
    unit === undefined ? `${bytes} B` : `${BigInt(bytes) / (sizes[unit] ?? 1n)} ${unit}`
  return all.map(print) as { [Index in keyof All]: string }
}

export const MiB = 1024 ** 2
