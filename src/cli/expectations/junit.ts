// The outcomes of expectations as JUnit XML, a suite for each file, as CI systems read it. Pure.
import type { Outcome } from '../../compiler/expectations/judge-expectations.js'
import { escapeXml } from '../../model/xml.js'
import type { SourceLine } from '../output.js'
import { messageOf, placeText, storyOf } from './story.js'

export const junitOf = (outcomes: readonly Outcome[], sourceLine: SourceLine): string => {
  const files = [...new Set(outcomes.map(({ expectation }) => expectation.position.file))]
  const suites = files.map(file => {
    const own = outcomes.filter(({ expectation }) => expectation.position.file === file)
    return element('testsuite', { name: file, ...countsOf(own) }, own.map(one => caseOf(one, sourceLine)).join(''))
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', countsOf(outcomes), suites.join(''))}`
}

const countsOf = (outcomes: readonly Outcome[]) => ({
  tests: `${outcomes.length}`,
  failures: `${outcomes.filter(({ failure }) => failure !== undefined).length}`,
})

const caseOf = ({ expectation, failure }: Outcome, sourceLine: SourceLine): string => {
  const { name, machine, position } = expectation
  const attributes = { name, classname: machine, file: position.file, line: `${position.line}` }
  if (failure === undefined) return element('testcase', attributes, '')
  const text = [placeText(position), ...storyOf(failure, sourceLine)].join('\n')
  return element('testcase', attributes, element('failure', { message: messageOf(failure) }, escapeXml(text)))
}

const element = (name: string, attributes: Readonly<Record<string, string>>, content: string): string => {
  const text = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(value)}"`)
  return `<${name}${text.join('')}>${content.startsWith('<') ? '\n' : ''}${content}</${name}>\n`
}
