// The hosts of a site compiled by themselves: of their guests no more is computed than they take from them, and nothing is
// told. For an edition that was judged when it was made, and for one that only its lock file differs from.
import type { AnyComponent } from '../model/component.js'
import type { Document } from '../model/document.js'
import { canonicalJson } from '../model/json.js'
import { chunksOf } from './chunks.js'
import { movesOf } from './enclose/moves.js'
import { parentageOf } from './enclose/parentage.js'
import { collectProblems } from './problems.js'
import { readRules } from './rules.js'
import type { Compilation } from './shares/compile-in-shares.js'
import { openWorkshop } from './shares/workshop.js'
import type { Residences } from './site/plain-lock.js'
import { openSite } from './site/site.js'

/** By host of the site in a directory, its document's bytes; undefined where anything is wrong with one. */
export const compileHosts = (
  dir: string,
  components: readonly AnyComponent[],
): ReadonlyMap<string, string> | undefined => {
  const problems = collectProblems()
  const site = openSite(dir, problems)
  if (site === undefined) return undefined
  const rules = readRules(site, components, problems)
  const workshop = openWorkshop({ site, rules, components, problems })
  const names = [...site.profiles.keys()]
  const facts = chunksOf(names, surveyedAtOnce).flatMap(workshop.survey)
  const parentage = parentageOf(facts)
  const hosts = names.filter(parentage.isHypervisor)
  const openPart = workshop.partsIn(parentage, movesOf(rules.residences, parentage.hosts))
  const sound = chunksOf(hosts, compiledAtOnce).flatMap(part => {
    const compiled = openPart().compile(part)
    return compiled.flatMap(one => (one.mistakes.length > 0 ? [] : [bytesOf(one.document)]))
  })
  const isWrong = problems.list().length > 0 || sound.length < hosts.length
  return isWrong ? undefined : new Map(sound)
}

const bytesOf = (document: Document): readonly [name: string, bytes: string] => [document.name, canonicalJson(document)]

/** A host brings its guests. */
const surveyedAtOnce = 400
const compiledAtOnce = 60

/** Of a site that has compiled without an error: the document of a host when these guests live where they are enclosed. */
export const releasedCompiler = (
  { site, residences, parentage }: Pick<Compilation, 'site' | 'residences' | 'parentage'>,
  components: readonly AnyComponent[],
): ((released: ReadonlySet<string>, host: string) => Document | undefined) => {
  const problems = collectProblems()
  const rules = readRules(site, components, problems)
  const workshop = openWorkshop({ site, rules, components, problems })
  return (released, host) => {
    const homes: Residences = new Map(
      [...residences].map(([guest, residence]) => {
        const home = released.has(guest) ? parentage.hosts.get(guest) : undefined
        return [guest, home === undefined ? residence : { ...residence, host: home }]
      }),
    )
    return workshop.partsIn(parentage, movesOf(homes, parentage.hosts))().compile([host])[0]?.document
  }
}
