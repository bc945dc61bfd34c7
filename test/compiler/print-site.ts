// The random sites of the properties (random-site.ts) as the files of a site.
import type { Written, WrittenFile, WrittenInclude, WrittenSite } from './reference-model.js'

const tagOf = ({ kind, strength }: Written): string => {
  const tags = [strength, kind === 'set' ? undefined : kind].filter(word => word !== undefined)
  return tags.length === 0 ? '' : `!${tags.join(':')} `
}

/** As YAML in the flow style. */
export const printWritten = (written: Written): string => {
  const tag = tagOf(written)
  switch (written.shape) {
    case 'scalar':
      return `${tag}${JSON.stringify(written.value)}`
    case 'list':
      return `${tag}[${written.items.map(printWritten).join(', ')}]`
    case 'map':
      return `${tag}{${written.entries.map(([key, one]) => `${JSON.stringify(key)}: ${printWritten(one)}`).join(', ')}}`
  }
}

const printInclude = ({ template, with: given, when }: WrittenInclude): string =>
  JSON.stringify({
    template,
    ...(given === undefined ? {} : { with: given }),
    ...(when === undefined ? {} : { when: when.is ? when.name : `!${when.name}` }),
  })

export const printFile = ({ parameters, include, variables, body }: WrittenFile): string =>
  [
    Object.keys(parameters).length === 0
      ? ''
      : `parameters: ${JSON.stringify(
          Object.fromEntries(
            Object.entries(parameters).map(([name, otherwise]) => [
              name,
              otherwise === undefined ? {} : { default: otherwise },
            ]),
          ),
        )}\n`,
    `include: [${include.map(printInclude).join(', ')}]\n`,
    `variables: ${printWritten(variables)}\n`,
    ...body.entries.map(([key, written]) => `${JSON.stringify(key)}: ${printWritten(written)}\n`),
  ].join('')

/** The site as files. */
export const filesOf = (site: WrittenSite): Readonly<Record<string, string>> => ({
  'xenclosure.yaml': `site: test\nloadpath: [near, far]\nvariables: ${printWritten(site.variables)}\n`,
  'profiles/m.yaml': printFile(site.profile),
  // The load path names directories that exist.
  'near/unused.yaml': '',
  'far/unused.yaml': '',
  ...Object.fromEntries(
    site.loadpath.flatMap((directory, index) =>
      Object.entries(directory).map(([name, file]) => [
        `${index === 0 ? 'near' : 'far'}/${name}.yaml`,
        printFile(file),
      ]),
    ),
  ),
})
