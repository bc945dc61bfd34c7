// What keeps a file from being made for a machine: a place in its document, told by the caller at the line of the profile
// that is to blame; or a line of a text template.
import type { Position } from '../model/diagnostic.js'

export type ProvisionFault = {
  readonly message: string
  readonly hint?: string
  /** Of the value to blame, or of what is missing. */
  readonly pointer?: string
  /** Of the text template that needs it, or that is wrong by itself. */
  readonly template?: Position
}
