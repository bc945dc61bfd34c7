// Generated from the folders here by `npm run generate`; not edited by hand.
import type { AnyComponent } from '../src/model/component.js'
import { grub } from './grub/component.js'
import { lvm } from './lvm/component.js'
import { network } from './network/component.js'
import { xen } from './xen/component.js'

export const components: readonly AnyComponent[] = [grub, lvm, network, xen]
