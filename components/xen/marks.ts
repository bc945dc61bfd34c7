// Where an administrator's word stands: below the component's memory, written by `agent hold`, `agent claim`, `agent down`,
// `agent reinstall`. But for the last one, that the file is there is what counts.
import { interventionFile } from '../../src/model/intervention.js'
import { reinstallationsFolder } from '../../src/model/reinstallation.js'

/** `GUEST.json`: hands off. */
export const holdsDirectory = (memory: string): string => `${memory}/holds`
export const holdPath = (memory: string, key: string): string => `${holdsDirectory(memory)}/${key}.json`
/** `GUEST.json`: of all hosts that reach the guest's shared disks, this one may start it. */
export const claimsDirectory = (memory: string): string => `${memory}/claims`
/** `GUEST.json`: the guest is to be installed anew, by the order that stands in it. */
export const reinstallationsDirectory = (memory: string): string => `${memory}/${reinstallationsFolder}`
export const reinstallationPath = (memory: string, key: string): string =>
  `${reinstallationsDirectory(memory)}/${key}.json`
/** No guest runs before `agent up`. */
export const interventionPath = (memory: string): string => `${memory}/${interventionFile}`
