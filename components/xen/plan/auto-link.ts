// /etc/xen/auto/NN-NAME, which xendomains starts in the order of file names: the second table of README.md.
import type { Action, Op } from '../../../src/model/action.js'
import type { Actual, AutoLink } from '../actual.js'
import { hasDisk } from '../config/print.js'
import {
  autoDirectory,
  configDirectory,
  configFile,
  configKey,
  configPath,
  type Domain,
  type DomainDisk,
  runningKey,
} from '../domain.js'
import { unfinished, unlinkedKey, whenThere } from '../filling.js'
import { isInstalling, isTurning } from '../install.js'
import { keepOther } from '../write-config.js'

type Situation = 'unwanted' | 'none wanted' | 'too early' | 'absent' | 'wrong' | 'right'

const situationOf = (wanted: boolean, link: AutoLink, present: readonly AutoLink[], isTooEarly: boolean): Situation => {
  if (!wanted) return present.length > 0 ? 'unwanted' : 'none wanted'
  if (present.length === 0) return 'absent'
  if (isTooEarly) return 'too early'
  const isRight = present.every(({ file, target }) => file === link.file && target === link.target)
  return isRight ? 'right' : 'wrong'
}

export const planAutoLink = (domain: Domain, actual: Actual): readonly Action[] => {
  const { key } = domain
  const against = whyNot(domain, actual)
  const wanted = against === undefined
  const link = { file: `${String(domain.order).padStart(2, '0')}-${key}`, target: `../${configFile(key)}` }
  const present = linksOf(key, actual)
  const removals = present.flatMap(one => removalOf(one, actual))
  const directory: readonly Op[] = actual.autoLinks === null ? [{ op: 'mkdir', path: autoDirectory, mode: 0o755 }] : []
  const action = {
    id: `xen/${key}/auto`,
    component: 'xen',
    resource: key,
    kind: '~',
    summary: `link ${autoDirectory}/${link.file} to ${configPath(key)}`,
    reasons: present.map(({ file, target }) => `${file} ${target === null ? 'is no link' : `points to ${target}`}`),
    risk: 'safe',
    ...(isTurning(domain, actual) && { routine: true as const }),
    provides: [] as readonly string[],
    // xendomains knows no rule against starting: a domain that may not start now gets no link.
    requires: [configKey(key), runningKey(key)],
    ops: [...removals, ...directory, { op: 'link', path: `${autoDirectory}/${link.file}`, target: link.target }],
  } satisfies Action

  const disks = disksToWaitFor(domain, actual)
  switch (situationOf(wanted, link, present, disks.length > 0)) {
    case 'unwanted': {
      const summary = `no start of ${key} with the host`
      const reasons = [...(against === undefined ? [] : [against]), ...action.reasons]
      const provides = domain.disks.map(({ target }) => unlinkedKey(target))
      return [{ ...action, kind: '-', summary, reasons, provides, requires: [], ops: removals }]
    }
    case 'none wanted':
      return []
    case 'too early': {
      const summary = `no start of ${key} with the host before it runs`
      const targets = disks.map(({ target }) => target)
      const reasons = targets.map(target => `${target} is not there, or not whole`)
      const provides = targets.map(unlinkedKey)
      const removal = {
        id: `xen/${key}/unlink`,
        kind: '-',
        summary,
        reasons,
        provides,
        requires: [],
        ops: removals,
      } as const
      const again = { ...action, kind: '+', requires: [...action.requires, ...provides] } as const
      return [{ ...action, ...removal }, whenThere(again, disks, actual)]
    }
    case 'absent':
      return [whenThere({ ...action, kind: '+', reasons: ['it starts with the host'] }, disks, actual)]
    case 'wrong':
      return [action]
    case 'right':
      return []
  }
}

/** A file is kept where xendomains starts nothing. */
export const removalOf = ({ file, content = null }: AutoLink, actual: Pick<Actual, 'kept'>): readonly Op[] => [
  ...keepOther(keptBeside(file), content, actual),
  { op: 'remove', path: `${autoDirectory}/${file}` },
]

/** No config has a name like that, whatever its guest is called. */
export const keptBeside = (file: string): string => `${configDirectory}/${file}.auto`

/** A disk that the config has not yet, and gets only when it is whole, is no matter of the link. */
const disksToWaitFor = (domain: Domain, actual: Actual): readonly DomainDisk[] => {
  const config = actual.configs[configFile(domain.key)] ?? ''
  const comesLater = (disk: DomainDisk): boolean => hasDisk(config, disk) === false && mayStart(domain, actual)
  return domain.disks.filter(disk => !comesLater(disk) && unfinished([disk.target], actual).length > 0)
}

/** By its config and without us: xendomains starts it, or its own reboot does. */
export const mayStart = ({ key, name }: Domain, actual: Actual): boolean =>
  linksOf(key, actual).length > 0 || actual.domains.some(domain => domain.name === name)

/** xendomains asks nobody: who may not start at any time does not start with the host. */
export const whyNot = (domain: Domain, actual: Actual): string | undefined => {
  const { key, auto, ensure, movedFrom, needs, isShared, isIntervened } = domain
  if (!auto) return 'auto: false'
  if (isIntervened) return 'an intervention'
  if (ensure !== 'running') return `ensure: ${ensure}`
  if (movedFrom !== undefined) return `it has not left ${movedFrom} yet`
  if (actual.held.includes(key)) return `agent hold ${key}`
  if (isInstalling(domain, actual)) return 'it is to be installed'
  if (needs.length > 0) return `it needs ${needs.join(', ')}`
  return isShared ? 'other hosts have its disks, too' : undefined
}

/** What starts a domain with the host. */
export const linksOf = (key: string, { autoLinks }: Pick<Actual, 'autoLinks'>): readonly AutoLink[] =>
  (autoLinks ?? []).filter(link => configOf(link) === configFile(key))

/** The config that is started: what a link points to, or what its own name says where it is a file or leads elsewhere. */
export const configOf = ({ file, target }: AutoLink): string => {
  const [, config] = /^(?:\.\.|\/etc\/xen)\/([^/]+)$/.exec(target ?? '') ?? []
  return config ?? configFile(file.replace(/^\d\d-/, '').replace(/\.cfg$/, ''))
}
