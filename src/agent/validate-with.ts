// The agent's judgement of a component's desired value, by validators that were generated when it was bundled. What
// comes here has been through the compiler, which explains mistakes to people; this is the second lock on the door.
import type { ErrorObject } from 'ajv'
import type { Validate } from '../model/component.js'
import type { Json } from '../model/json.js'

/** What ajv generates for a schema: a predicate that leaves its findings on itself. */
export type Validator = {
  (value: Json): boolean
  errors?: readonly ErrorObject[] | null
}

/** A component without a validator is a fault of the bundle. */
export const validateWith =
  (validators: ReadonlyMap<string, Validator>): Validate =>
  (component, desired) => {
    const validator = validators.get(component)
    if (validator === undefined) throw new Error(`no validator for the component ${component}`)
    if (validator(desired)) return []
    return (validator.errors ?? []).map(({ instancePath, message, params }) => ({
      pointer: instancePath,
      message: `${message} ${JSON.stringify(params)}`,
    }))
  }
