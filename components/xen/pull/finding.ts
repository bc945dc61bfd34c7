// One result of looking into a guest: a value for its domain, or what keeps the value from being there.
import type { PullFault, Source, Wanted } from '../../../src/model/component.js'
import type { Json } from '../../../src/model/json.js'

export type Found = {
  /** Below the domain: `['options', 'memory']`. */
  readonly path: readonly string[]
  readonly value: Json
  readonly from: Source
}

/** What is missing, unless the host itself says one of the options below the domain. */
export type Missing = Omit<PullFault, 'unless'> & { readonly unless?: readonly (readonly string[])[] }

export type Finding = Found | Missing

export const isFound = (finding: Finding): finding is Found => 'value' in finding
export const isMissing = (finding: Finding): finding is Missing => !isFound(finding)

export const fromChild = (pointer: string) => ({ kind: 'child', pointer }) satisfies Source
export const fromParent = (pointer: string) => ({ kind: 'parent', pointer }) satisfies Wanted
export const fromVariable = (name: string, below?: string) =>
  ({ kind: 'variable', name, ...(below === undefined ? {} : { below }) }) satisfies Source
export const fromRule = (rule: string) => ({ kind: 'rule', rule }) satisfies Source
