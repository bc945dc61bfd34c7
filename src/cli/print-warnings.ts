// What there is to tell of a site that is to be published all the same, and was not compiled in one piece.
import { sourceLines } from '../compiler/cache/source-lines.js'
import { diagnosticsOf, type Warning } from '../compiler/shares/warnings.js'
import { printDiagnostics } from './output.js'

/** Of the site in a directory, as one compilation of the whole tells it. */
export const printWarnings = (site: string, warnings: readonly Warning[], json: boolean): void =>
  printDiagnostics(diagnosticsOf(warnings), json, sourceLines(site))
