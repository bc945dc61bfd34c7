// grub: what the host boots by itself, and with which command lines. What it does when, as a table: README.md.
import type { Component } from '../../src/model/component.js'
import type { Actual } from './actual.js'
import { check } from './check.js'
import type { GRUB } from './desired.js'
import { observe } from './observe.js'
import { plan } from './plan.js'

export const grub: Component<GRUB, Actual> = { name: 'grub', observe, plan, check }
