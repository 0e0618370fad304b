import type { LocalCommandOptions } from './local/command-options.ts';
import { LOCAL_COMMAND_OPTIONS } from './local/command-options.ts';
import { SETTINGS_SCHEMA } from './settings-schema.ts';
import type { PluginUtilities, Serverless } from './serverless.ts';
import type { TracingCommandOptions } from './tracing/command-options.ts';
import { TRACING_COMMAND } from './tracing/command-options.ts';

/** The Serverless Framework plugin of Lambda Lantern: `serverless local`, `serverless tracing`, and tracing on demand. */
export default class LanternPlugin {
  readonly commands = {
    local: {
      usage: 'Run the service on this machine, with its traces on a page',
      lifecycleEvents: ['run'],
      options: LOCAL_COMMAND_OPTIONS,
    },
    tracing: TRACING_COMMAND,
  };
  readonly hooks: Readonly<Record<string, () => Promise<void>>>;

  constructor(
    serverless: Serverless,
    options: LocalCommandOptions & TracingCommandOptions,
    utilities: PluginUtilities,
  ) {
    serverless.configSchemaHandler.defineCustomProperties(SETTINGS_SCHEMA);
    const tracing = async (action: 'on' | 'off' | 'status'): Promise<void> => {
      const { runTracingCommand } = await import('./tracing/run-tracing-command.ts');
      await runTracingCommand(action, serverless, options, utilities);
    };
    this.hooks = {
      'local:run': async () => {
        // Loaded only here: a deployment has no use for what runs on a laptop.
        const { runLocalCommand } = await import('./local/run-local-command.ts');
        await runLocalCommand(serverless, options, utilities);
      },
      'tracing:on:switch': () => tracing('on'),
      'tracing:off:switch': () => tracing('off'),
      'tracing:status:show': () => tracing('status'),
      // Here `resources:`, alarms and what other plugins add are in the template, and nothing is written yet.
      'after:aws:package:finalize:mergeCustomProviderResources': async () => {
        const { addTracing } = await import('./tracing/add-tracing.ts');
        addTracing(serverless, utilities);
      },
    };
  }
}
