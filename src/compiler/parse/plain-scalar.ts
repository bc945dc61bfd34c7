// What YAML makes of a plain scalar, where its text stands alone: behind one of our tags, or as a default in an expression.
import { isScalar, type ScalarTag, Schema } from 'yaml'
import type { Scalar } from '../../model/json.js'

const { tags } = new Schema({ schema: 'core' })
const implicit = tags.filter((tag): tag is ScalarTag => tag.default === true && tag.collection === undefined)

/** `12` is a number, `~` nothing, `12 GiB` a text. */
export const readPlain = (text: string): Scalar => {
  const tag = implicit.find(({ test }) => test?.test(text))
  if (tag === undefined) return text
  const value = tag.resolve(text, () => undefined, {})
  return (isScalar(value) ? value.value : value) as Scalar
}
