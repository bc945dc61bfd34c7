// The files that a text template is made of: itself and its partials, each parsed once, with where it asks for what. What is
// wrong with a file by itself is found here. Part of text-template.ts; pure.
import Handlebars from 'handlebars'
import type { Position } from '../model/diagnostic.js'
import type { ProvisionFault } from './fault.js'

export type TextTemplate = { readonly file: string; readonly text: string }

/** The text template of a name on the load path (`kickstart/kickstart`), or undefined. */
export type FindTextTemplate = (name: string) => TextTemplate | undefined

export type LoadedTemplate = TextTemplate & {
  /** Where a key is first asked for. */
  readonly placeOf: (key: string) => Position
}

export type LoadedTemplates =
  | { readonly ok: true; readonly templates: ReadonlyMap<string, LoadedTemplate> }
  | { readonly ok: false; readonly fault: ProvisionFault }

/** By name; a circle of partials is a fault, too: there is no end to it. */
export const loadTextTemplates = (name: string, find: FindTextTemplate): LoadedTemplates => {
  const templates = new Map<string, LoadedTemplate>()
  const load = (wanted: string, above: readonly string[], by?: Position): ProvisionFault | undefined => {
    if (above.includes(wanted)) {
      const circle = [...above.slice(above.indexOf(wanted)), wanted].join(' -> ')
      return { message: `these text templates include each other: ${circle}`, ...at(by) }
    }
    if (templates.has(wanted)) return undefined
    const found = find(wanted)
    if (found === undefined) {
      return { message: `there is no text template ${wanted}`, hint: `${wanted}.hbs on the load path`, ...at(by) }
    }
    const parsed = parse(found)
    if (!parsed.ok) return parsed.fault
    const { partials, placeOf } = parsed
    templates.set(wanted, { ...found, placeOf })
    for (const { partial, position } of partials) {
      const fault = load(partial, [...above, wanted], position)
      if (fault !== undefined) return fault
    }
    return undefined
  }
  const fault = load(name, [])
  return fault === undefined ? { ok: true, templates } : { ok: false, fault }
}

const at = (template: Position | undefined): Pick<ProvisionFault, 'template'> =>
  template === undefined ? {} : { template }

type Parsed =
  | {
      readonly ok: true
      readonly partials: readonly { readonly partial: string; readonly position: Position }[]
      readonly placeOf: LoadedTemplate['placeOf']
    }
  | { readonly ok: false; readonly fault: ProvisionFault }

const parse = ({ file, text }: TextTemplate): Parsed => {
  const partials: { partial: string; position: Position }[] = []
  const asked: { parts: readonly string[]; position: Position }[] = []
  const positionOf = ({ loc }: hbs.AST.Node): Position => ({ file, line: loc.start.line, column: loc.start.column + 1 })
  class Reader extends Handlebars.Visitor {
    override PartialStatement(partial: hbs.AST.PartialStatement): void {
      if (partial.name.type !== 'PathExpression') throw new Handlebars.Exception('a partial is named as it is', partial)
      partials.push({ partial: (partial.name as hbs.AST.PathExpression).original, position: positionOf(partial) })
      super.PartialStatement(partial)
    }
    override PathExpression(path: hbs.AST.PathExpression): void {
      asked.push({ parts: path.parts, position: positionOf(path) })
    }
  }
  try {
    new Reader().accept(Handlebars.parse(text))
  } catch (error) {
    return { ok: false, fault: faultOf(error as Error, file) }
  }
  const placeOf = (key: string): Position =>
    asked.find(({ parts }) => parts.includes(key))?.position ?? { file, line: 1, column: 1 }
  return { ok: true, partials, placeOf }
}

/** Handlebars says `Parse error on line 3:`, then a drawing and what it expected; or ends with ` - 3:2`. */
const faultOf = ({ message }: Error, file: string): ProvisionFault => {
  const [, before, after] = /on line (\d+)|- (\d+):\d+$/.exec(message) ?? []
  const [, got] = /got '(\w+)'$/.exec(message) ?? []
  const said = got === undefined ? message.replace(/ - \d+:\d+$/, '') : `${got} is not expected here`
  return {
    message: `not a Handlebars template: ${said}`,
    template: { file, line: Number(before ?? after ?? 1), column: 1 },
  }
}
