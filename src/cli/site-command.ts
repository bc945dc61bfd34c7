// A verb over a site: the command with the options that all of them take.
import { Command, Option } from 'commander'

export type SiteOptions = { readonly site: string; readonly json: boolean }

/** A command with the options that every verb takes. */
export const siteCommand = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .addOption(
      new Option('--site <dir>', 'the site: this directory or the nearest above it with xenclosure.yaml').default('.'),
    )
    .option('--json', 'the answer as JSON, diagnostics as JSON lines', false)
