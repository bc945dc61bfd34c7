// One case of the fuzzer, as data: it is sent to a child process, made smaller, kept in a file and replayed.

export type FuzzFile = {
  readonly path: string
  /** What a text is not, every character is a byte (`latin1`); a link leads to its content. */
  readonly form: 'utf8' | 'latin1' | 'link'
  readonly content: string
}

export type FuzzCase =
  /** A whole site through `compileSite`, and what people ask of it. */
  | { readonly kind: 'site'; readonly files: readonly FuzzFile[] }
  /** A site up to resolve, without schemas of its own: thousands a minute. */
  | { readonly kind: 'merge'; readonly files: readonly FuzzFile[] }
  /** One file through load and fmt. */
  | { readonly kind: 'yaml'; readonly text: string }
  /** What stands inside scalars: expressions, CEL, quantities, tags, pointers. */
  | { readonly kind: 'text'; readonly text: string }

export type SeededCase = { readonly seed: number; readonly of: FuzzCase }
