// What the schema says of /system/network, as types.
import type { System } from './schemas/system.js'

export type Network = NonNullable<System['network']>
export type Interface = NonNullable<Network['interfaces']>[string]
