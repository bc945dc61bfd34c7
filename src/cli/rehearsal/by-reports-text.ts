// How `diff --reports` tells what the agents would do. Pure.
import type { JsonMap } from '../../model/json.js'
import { namesText } from '../../model/shorten.js'
import type { ByReports } from './by-reports.js'
import { sectionsMarkdown, sectionsText } from './text.js'

export const byReportsText = (found: ByReports): string =>
  [headOf(found, '\n'), ...sectionsText(found.rehearsal)].join('')

export const byReportsMarkdown = (found: ByReports): string =>
  [headOf(found, '\n\n'), ...sectionsMarkdown(found.rehearsal)].join('')

export const byReportsJson = ({ rehearsal: { hosts }, otherEdition }: ByReports): JsonMap => ({
  simulated: true,
  ...{ hosts: hosts as unknown as JsonMap[], otherEdition },
})

/** `between`: what stands between its sentences. */
const headOf = ({ rehearsal: { hosts }, otherEdition }: ByReports, between: string): string => {
  const count = hosts.length === 1 ? 'one host' : `${hosts.length} hosts`
  const told =
    hosts.length === 0
      ? 'no host that changes has a report of the edition of before'
      : `by the reports of ${count}, rehearsed on simulated ones by assumed times:`
  const untold = `nothing is told of ${namesText(otherEdition)}: the report there is of another edition than that of before`
  return `\n${[told, ...(otherEdition.length === 0 ? [] : [untold])].join(between)}\n`
}
