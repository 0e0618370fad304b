import type { LocalCommandOptions } from './local/command-options.ts';
import { LOCAL_COMMAND_OPTIONS } from './local/command-options.ts';
import { SETTINGS_SCHEMA } from './settings-schema.ts';
import type { PluginUtilities, Serverless } from './serverless.ts';

/** The Serverless Framework plugin of Lambda Lantern: `serverless local`. */
export default class LanternPlugin {
  readonly commands = {
    local: {
      usage: 'Run the service on this machine, with its traces on a page',
      lifecycleEvents: ['run'],
      options: LOCAL_COMMAND_OPTIONS,
    },
  };
  readonly hooks: Readonly<Record<string, () => Promise<void>>>;

  constructor(serverless: Serverless, options: LocalCommandOptions, utilities: PluginUtilities) {
    serverless.configSchemaHandler.defineCustomProperties(SETTINGS_SCHEMA);
    this.hooks = {
      'local:run': async () => {
        // Loaded only here: a deployment has no use for what runs on a laptop.
        const { runLocalCommand } = await import('./local/run-local-command.ts');
        await runLocalCommand(serverless, options, utilities);
      },
    };
  }
}
