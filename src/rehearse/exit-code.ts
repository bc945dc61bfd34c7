// The exit code of a rehearsal, by the table of every verb.
import type { SiteRehearsal } from './rehearse-site.js'

/**
 * | code | when |
 * | ---- | ---- |
 * | 1 | something would fail, a guest that is to run would not, or would not get to its new host |
 * | 2 | something is rejected |
 * | 3 | there is something to do, or to wait for |
 * | 0 | no agent would do anything |
 *
 * What is as it was before counts for nothing.
 */
export const rehearsalCode = ({ hosts, moves }: SiteRehearsal): 0 | 1 | 2 | 3 => {
  const isDown = hosts.some(({ error, down }) => error !== undefined || down.some(({ isOld }) => !isOld))
  const newMoves = moves.filter(({ isOld }) => !isOld)
  if (isDown || newMoves.some(({ seconds }) => seconds === null)) return 1
  const news = hosts.flatMap(({ actions }) => actions).filter(({ isOld }) => !isOld)
  if (news.some(({ status }) => status === 'rejected')) return 2
  return news.length > 0 || newMoves.length > 0 ? 3 : 0
}
