// A site in which one machine's profile says something else: what `given` of an expectation stands for.
import type { YamlEntry, YamlMap } from '../parse/load.js'
import { untagged } from '../parse/tags.js'
import type { Site } from '../site/site.js'

/** The site with what is given in the place of what the profile says there; all else stays. */
export const siteGiven = (site: Site, machine: string, given: YamlMap): Site => ({
  ...site,
  profile: name => {
    const file = site.profile(name)
    return name !== machine || file?.root === undefined ? file : { ...file, root: overlaid(file.root, given) }
  },
})

/** Maps are laid over each other, whatever else stands in the place of what was there. */
const overlaid = (map: YamlMap, over: YamlMap): YamlMap => ({
  ...map,
  entries: [
    ...map.entries.map(entry => overlaidEntry(entry, over)),
    ...over.entries.filter(({ key }) => !map.entries.some(entry => entry.key === key)),
  ],
})

const overlaidEntry = (entry: YamlEntry, over: YamlMap): YamlEntry => {
  const other = over.entries.find(({ key }) => key === entry.key)
  if (other === undefined) return entry
  const [mine, theirs] = [entry.value, other.value]
  const isBoth = mine.shape === 'map' && theirs.shape === 'map' && theirs.tag === untagged
  return isBoth ? { ...entry, value: overlaid(mine, theirs) } : other
}
