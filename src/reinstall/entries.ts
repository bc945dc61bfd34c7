// The entries of the machines on the TFTP server, which are the record of what is installed by the provisioner: read, and
// written for an order.
import type { Document } from '../model/document.js'
import { installFiles } from '../provision/install-files.js'
import { type Entry, entriesOf, type Installation } from '../provision/netboot/entry.js'
import { newInstallation } from '../provision/netboot/new-installation.js'
import { recordedEntry } from '../provision/netboot/record.js'
import { whileLocked } from '../system/folder-lock.js'

export type Entries = {
  readonly entryOf: (document: Document) => Entry | undefined
  /** The machine boots its installer from now on, by a new token that is good until then (ISO 8601). */
  readonly order: (document: Document, order: string, until: string) => Promise<void>
  /**
   * What is ordered, and not over, may be begun until then, where that is later; its token stays, and an installer at work does
   * not notice.
   */
  readonly prolong: (document: Document, order: string, until: string) => Promise<void>
}

/** `root`: of the TFTP server. */
export const entriesBelow = (root: string, now: () => Date): Entries => {
  const entryOf = (document: Document): Entry | undefined => recordedEntry(document, root)
  const put = (document: Document, order: string, installation: Installation): void => {
    const entries = entriesOf(document, 'install', installation, order)
    if (!entries.ok) throw new Error(`bug: ${entries.fault.message}`)
    installFiles(root, entries.files, [])
  }
  return {
    entryOf,
    order: (document, order, until) =>
      whileLocked(root, () => {
        const time = now()
        put(document, order, newInstallation(time, Date.parse(until) - time.getTime()))
      }),
    prolong: (document, order, until) =>
      whileLocked(root, () => {
        const { installation, order: recorded } = entryOf(document) ?? {}
        if (installation === undefined || recorded !== order) return
        if (Date.parse(installation.until) < Date.parse(until)) put(document, order, { ...installation, until })
      }),
  }
}
