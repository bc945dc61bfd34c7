// How `diff --reports` tells what the agents would do. Pure.
import type { JsonMap } from '../../model/json.js'
import { namesText } from '../../model/shorten.js'
import type { ByReports } from './by-reports.js'
import { sectionsMarkdown, sectionsText } from './text.js'

export const byReportsText = ({ rehearsal, otherEdition }: ByReports): string =>
  ['', ...headOf(rehearsal.hosts.length, otherEdition)].join('\n') + ['\n', ...sectionsText(rehearsal)].join('')

export const byReportsMarkdown = ({ rehearsal, otherEdition }: ByReports): string =>
  ['', ...headOf(rehearsal.hosts.length, otherEdition)].join('\n') + ['\n', ...sectionsMarkdown(rehearsal)].join('')

export const byReportsJson = ({ rehearsal: { hosts }, otherEdition }: ByReports): JsonMap => ({
  simulated: true,
  ...{ hosts: hosts as unknown as JsonMap[], otherEdition },
})

const headOf = (hosts: number, otherEdition: readonly string[]): readonly string[] => [
  hosts === 0
    ? 'no host that changes has a report of the edition of before'
    : `by the reports of ${hosts === 1 ? 'one host' : `${hosts} hosts`}, rehearsed on simulated ones by assumed times:`,
  ...(otherEdition.length === 0
    ? []
    : [`nothing is told of ${namesText(otherEdition)}: the report there is of another edition than that of before`]),
]
