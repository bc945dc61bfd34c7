// The file that node_exporter's textfile collector reads: replaced whole, for it may be read at any time.
import { rename, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type Pass, printPass } from '../../agent/metrics.js'

/** The collector reads what ends in `.prom`, so the file that is being written does not. */
export const saveMetrics = async (path: string, pass: Pass): Promise<void> => {
  const temporary = join(dirname(path), `.${basename(path)}.new`)
  await writeFile(temporary, printPass(pass), { mode: 0o644 })
  await rename(temporary, path)
}
