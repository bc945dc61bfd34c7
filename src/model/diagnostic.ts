// What the program tells a person about their input: one shape for every mistake, collected and never thrown. The
// logical place (machine, pointer) and the source position travel together; `file` is relative to the site.

export type Position = {
  readonly file: string
  /** One-based. */
  readonly line: number
  /** One-based, in UTF-16 code units. */
  readonly column: number
}

/** Every kind of mistake. */
export type DiagnosticCode =
  | 'advice'
  | 'alias-limit'
  | 'child-unknown'
  | 'component-unknown'
  | 'contradiction'
  | 'cycle'
  | 'duplicate-key'
  | 'enclosure'
  | 'expression'
  | 'file'
  | 'forbidden-key'
  | 'guest-unrecorded'
  | 'include-missing'
  | 'include-outside'
  | 'include-parameters'
  | 'key-unknown'
  | 'machine-name'
  | 'machine-unknown'
  | 'merge-shape'
  | 'null-value'
  | 'overcommitted'
  | 'policy'
  | 'provision'
  | 'quantity'
  | 'reference-ancestor'
  | 'reference-missing'
  | 'remove-nothing'
  | 'schema'
  | 'syntax'
  | 'tag-unknown'
  | 'type'
  | 'unused'
  | 'usage'
  | 'used-twice'
  | 'variable-undeclared'
  | 'variable-undefined'

export type Diagnostic = {
  readonly severity: 'error' | 'warning'
  readonly code: DiagnosticCode
  /** Lower case, no full stop: what is wrong and what was expected. */
  readonly message: string
  /** The machines that it concerns: one cause is told once, though it hits a hundred machines. */
  readonly machines: readonly string[]
  /** Where in a machine's tree, as a JSON pointer; empty where the mistake is in no tree (syntax). */
  readonly pointer: string
  readonly position: Position | undefined
  /** Of a position in a template: the includes that lead there from the profile of the first machine. */
  readonly includes?: readonly Position[]
  /** What to do: the near spelling, the remedy. */
  readonly hint?: string
}

export const isError = (diagnostic: Diagnostic): boolean => diagnostic.severity === 'error'
