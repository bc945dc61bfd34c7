// Text templates: Handlebars files (.hbs) over a machine's document, strictly. A value that the machine has not is a fault
// at the machine, never an empty text; so is a map or a list where a text is wanted. Pure: the files are handed in.
import Handlebars from 'handlebars'
import { isList, isMap, type Json, type JsonMap } from '../model/json.js'
import { parsePointer, printPointer, valueAt } from '../model/pointer.js'
import type { ProvisionFault } from './fault.js'
import { type FindTextTemplate, type LoadedTemplate, loadTextTemplates } from './text-template-files.js'

export type Rendered =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly fault: ProvisionFault }

export type TemplateInput = {
  /** On the load path, without .hbs. */
  readonly name: string
  readonly find: FindTextTemplate
  /** What is missing in it is the machine's fault. */
  readonly document: JsonMap
  /** What templates see beside the document's own keys. */
  readonly extra: JsonMap
  /** What templates may call, beside `has`: of a text, to a text. */
  readonly helpers: { readonly [name: string]: (text: string) => string }
}

export const renderText = ({ name, find, document, extra, helpers }: TemplateInput): Rendered => {
  const loaded = loadTextTemplates(name, find)
  if (!loaded.ok) return loaded
  const handlebars = Handlebars.create()
  for (const [helper, run] of Object.entries(helpers))
    handlebars.registerHelper(helper, (value: unknown) => run(String(value)))
  handlebars.registerHelper('has', (pointer: unknown) => valueAt(document, parsePointer(String(pointer))) !== undefined)
  const knownHelpers = Object.fromEntries([...Object.keys(helpers), 'has'].map(helper => [helper, true]))
  for (const [partial, template] of loaded.templates) {
    const run = handlebars.compile(template.text, {
      strict: true,
      noEscape: true,
      knownHelpersOnly: true,
      knownHelpers,
    })
    handlebars.registerPartial(partial, blaming(template, run))
  }
  try {
    const main = handlebars.partials[name] as Handlebars.TemplateDelegate
    return { ok: true, text: main(strictly({ ...document, ...extra }, '')) }
  } catch (error) {
    if (error instanceof TemplateFault) return { ok: false, fault: error.fault }
    throw error
  }
}

/** What a template asked for in vain, while it ran. */
class TemplateFault extends Error {
  readonly key: string
  readonly fault: ProvisionFault
  constructor(key: string, fault: ProvisionFault) {
    super(fault.message)
    this.key = key
    this.fault = fault
  }
}

/** The template; of what it, and no partial of it, asks for in vain, the fault says where it does. */
const blaming =
  ({ placeOf }: LoadedTemplate, run: Handlebars.TemplateDelegate): Handlebars.TemplateDelegate =>
  (context, options) => {
    try {
      return run(context, options)
    } catch (error) {
      const { key, fault } = faultOf(error)
      throw new TemplateFault(key, { template: placeOf(key), ...fault })
    }
  }

/** What Handlebars itself throws: its `strict` asks a text for a key with JavaScript's `in`. Anything else is a bug. */
const faultOf = (error: unknown): TemplateFault => {
  if (error instanceof TemplateFault) return error
  const { message } = error as Error
  const [, helper] = /used the unknown helper (\S+)/.exec(message) ?? []
  if (helper !== undefined) return new TemplateFault(helper, { message: `there is no helper ${helper}` })
  const [, ofText, ofNothing] =
    /^Cannot use 'in' operator to search for '(.*?)' in |^"(.*?)" not defined in /.exec(message) ?? []
  const key = ofText ?? ofNothing
  if (key === undefined) throw error
  return new TemplateFault(key, { message: `${key} is asked of a value that is no map` })
}

/**
 * The value as templates see it: asked for what it has not, or written out where it is no text, it throws. Handlebars'
 * own `strict` leaves out what `#if`, `#each` and `#with` ask for.
 */
const strictly = (value: Json, pointer: string): unknown => {
  if (!isMap(value) && !isList(value)) return value
  return new Proxy(value as object, {
    get: (target, key) => {
      if (key === Symbol.toPrimitive) throw noText(pointer)
      if (typeof key === 'symbol' || (isList(value) && key === 'length')) return Reflect.get(target, key)
      if (!Object.hasOwn(target, key)) throw unknown(pointer, key)
      return strictly(Reflect.get(target, key) as Json, pointer + printPointer([key]))
    },
    has: () => true,
  })
}

const noText = (pointer: string): TemplateFault =>
  new TemplateFault(parsePointer(pointer).at(-1) ?? '', {
    pointer,
    message: `${pointer} is no text, and is written as one`,
  })

const unknown = (above: string, key: string): TemplateFault => {
  const pointer = above + printPointer([key])
  const hint = `declare it, or let the template do without: {{#if (has "${pointer}")}}`
  return new TemplateFault(key, { pointer, message: `there is no ${pointer}`, hint })
}
