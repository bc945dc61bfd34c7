// The compiled document of one machine and its seal, as the compiler writes and the agent reads them.
import type { JsonMap } from './json.js'

/** `NAME.json`: the whole configuration of a machine. */
export type Document = JsonMap & {
  readonly name: string
  readonly hardware?: JsonMap
  readonly system?: JsonMap
  readonly software?: JsonMap
}

/** Whether a name can be a machine's: it is also that of files, where `index.json` is taken, and a key of maps. */
export const isMachineName = (name: string): boolean =>
  /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) && name !== 'index' && !(name in Object.prototype)

/** `NAME.seal`: what the agent checks before it reads anything else. */
export type Seal = {
  readonly name: string
  /** Of the document's bytes, lower-case hex. */
  readonly sha256: string
  /** Orders editions: an agent never goes back to a lower one. */
  readonly serial: number
  /** The git commit of the site; null outside git or with uncommitted changes. */
  readonly commit: string | null
  /** The compiler's version. */
  readonly compiler: string
  /** ed25519 over the canonical JSON of the fields above, base64. */
  readonly signature?: string
}

/**
 * `index.json`: every machine of the edition with the digest of its document; `stale`
 * where that is the last good one of a machine that is broken now (`compile --keep-going`).
 */
export type Index = {
  readonly site: string
  readonly machines: { readonly [name: string]: { readonly sha256: string; readonly stale?: true } }
}
