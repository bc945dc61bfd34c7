// The one error of the phases fetch and verify: this document is not applied, and the last good one stays in force.

export type RejectionCode =
  | 'document-missing'
  | 'unreadable'
  /** No source answers: nothing is wrong with any document, and the last good one serves meanwhile. */
  | 'unreachable'
  | 'seal-syntax'
  | 'digest'
  | 'name'
  | 'unsigned'
  | 'signature'
  | 'serial'
  | 'syntax'
  | 'machine'
  | 'schema'
  | 'contradiction'

export class DocumentRejected extends Error {
  override readonly name = 'DocumentRejected'
  readonly code: RejectionCode
  /** What an administrator does about it. */
  readonly remedy: string

  constructor(code: RejectionCode, message: string, remedy: string) {
    super(message)
    this.code = code
    this.remedy = remedy
  }
}
