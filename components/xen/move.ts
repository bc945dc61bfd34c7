// What both hosts of a guest are told while it moves, for the compiler; and what the agent of the old one makes of it:
// the tables "Guests that have moved away" of README.md. Pure.
import type { Action } from '../../src/model/action.js'
import type { Move, Moved } from '../../src/model/component.js'
import type { Misplaced } from '../../src/model/misplaced.js'
import { printPointer } from '../../src/model/pointer.js'
import { sorted } from '../../src/model/sorted.js'
import type { Actual, AutoLink } from './actual.js'
import type { XenDomains } from './desired.js'
import { configFile } from './domain.js'
import { linksOf, removalOf } from './plan/auto-link.js'

const place = ['software', 'components', 'xen']

export const move = (guest: string, { from, to }: Move): Moved => ({
  onOldHost: [{ pointer: printPointer([...place, 'movedTo', guest]), value: to }],
  onNewHost: [{ pointer: printPointer([...place, 'domains', guest, 'movedFrom']), value: from }],
})

/** A guest of `movedTo`, with what is left of it here that is, or would come to be, a second one of it. */
type Departed = {
  readonly key: string
  readonly to: string
  readonly links: readonly AutoLink[]
  /** A domain, in whatever state, or one that xendomains saved and would restore. */
  readonly isThere: boolean
}

const departedOf = ({ movedTo = {} }: XenDomains, actual: Actual): readonly Departed[] =>
  sorted(movedTo).map(([key, to]) => {
    const name = departedName(key, actual)
    return {
      key,
      to,
      links: linksOf(key, actual),
      isThere: actual.domains.some(domain => domain.name === name) || actual.saved.includes(name),
    }
  })

/** Its name in Xen: its own, unless the config that is left here gave it another one. */
export const departedName = (key: string, { configs }: Actual): string =>
  /^name\s*=\s*["']([^"']*)["']/m.exec(configs[configFile(key)] ?? '')?.[1] ?? key

/** Its links go; nothing else is done to it. */
export const planDeparted = (desired: XenDomains, actual: Actual): readonly Action[] =>
  departedOf(desired, actual)
    .filter(({ links }) => links.length > 0)
    .map(({ key, to, links }) => ({
      id: `xen/${key}/auto`,
      component: 'xen',
      resource: key,
      kind: '-',
      summary: `no start of ${key} with the host`,
      reasons: [`it has moved to ${to}`],
      risk: 'safe',
      provides: [],
      requires: [],
      ops: links.flatMap(link => removalOf(link, actual)),
    }))

/** The guests that have moved away and are still here, or would be with the host's next start. */
export const misplaced = (desired: XenDomains, actual: Actual): readonly Misplaced[] =>
  departedOf(desired, actual)
    .filter(({ isThere, links }) => isThere || links.length > 0)
    .map(({ key, to }) => ({ guest: key, to }))
