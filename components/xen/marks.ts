// Where an administrator's word stands: below the component's memory, written by `agent hold`, `agent claim`, `agent down`.
// That the file is there is what counts.
import { interventionFile } from '../../src/model/intervention.js'

/** `GUEST.json`: hands off. */
export const holdsDirectory = (memory: string): string => `${memory}/holds`
/** `GUEST.json`: of all hosts that reach the guest's shared disks, this one may start it. */
export const claimsDirectory = (memory: string): string => `${memory}/claims`
/** No guest runs before `agent up`. */
export const interventionPath = (memory: string): string => `${memory}/${interventionFile}`
