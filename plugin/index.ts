import type { AdviseCommandOptions } from './advise/command-options.ts';
import { ADVISE_COMMAND_OPTIONS } from './advise/command-options.ts';
import type { AlarmsCommandOptions } from './alarms-command/command-options.ts';
import { ALARMS_COMMAND_OPTIONS } from './alarms-command/command-options.ts';
import type { LocalCommandOptions } from './local/command-options.ts';
import { LOCAL_COMMAND_OPTIONS } from './local/command-options.ts';
import { missingValuesNotice, seemsToHaveCredentials, StandInValues } from './packaging/without-account.ts';
import type { PluginUtilities, Serverless } from './serverless.ts';
import { SETTINGS_SCHEMA } from './settings/settings.ts';
import type { TracingCommandOptions } from './tracing/command-options.ts';
import { TRACING_COMMAND } from './tracing/command-options.ts';
import type { WatchedService } from './watch-service.ts';

/** Local resources have no account; this is what emulators of AWS agree on. */
const LOCAL_ACCOUNT_ID = '000000000000';

/** The Serverless Framework plugin of Lambda Lantern: alarms and tracing on demand with every deployment, and its commands. */
export default class LanternPlugin {
  readonly commands = {
    local: {
      usage: 'Run the service on this machine, with its traces on a page',
      lifecycleEvents: ['run'],
      options: LOCAL_COMMAND_OPTIONS,
    },
    alarms: {
      usage: 'Show the alarms that a deployment would have, with thresholds and reasons; deploys nothing',
      lifecycleEvents: ['show'],
      options: ALARMS_COMMAND_OPTIONS,
    },
    advise: {
      usage:
        'Say what the numbers of the deployed stage advise: memory, architecture, timeouts, logs; changes nothing',
      lifecycleEvents: ['show'],
      options: ADVISE_COMMAND_OPTIONS,
    },
    tracing: TRACING_COMMAND,
  };
  readonly hooks: Readonly<Record<string, () => Promise<void>>>;
  #watched: WatchedService | undefined;

  constructor(
    serverless: Serverless,
    options: LocalCommandOptions & AlarmsCommandOptions & AdviseCommandOptions & TracingCommandOptions,
    utilities: PluginUtilities,
  ) {
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
    if (major < 22 || (major === 22 && minor < 13)) {
      const message = `serverless-lambda-lantern needs Node.js 22.13 or later, and this is ${process.version}.`;
      throw new serverless.classes.Error(message, 'LANTERN_NODE');
    }
    serverless.configSchemaHandler.defineCustomProperties(SETTINGS_SCHEMA);
    // Each is loaded only when it runs: a deployment has no use for what runs on a laptop, nor a laptop for the other.
    const tracing = async (action: 'on' | 'off' | 'status'): Promise<void> => {
      const { runTracingCommand } = await import('./tracing/run-tracing-command.ts');
      await runTracingCommand(action, serverless, options, utilities);
    };
    const values = this.#standInValues(serverless, options);
    const compiled = async (): Promise<WatchedService> => {
      const notice = missingValuesNotice(values?.missing ?? []);
      if (notice !== undefined) utilities.log.warning(notice);
      const { compileTemplate } = await import('./packaging/compile-template.ts');
      const { endProgress } = await import('./local/end-progress.ts');
      await compileTemplate(serverless);
      endProgress();
      if (this.#watched !== undefined) return this.#watched;
      throw new Error('The service was not packaged: another plugin keeps it from being so.');
    };
    this.hooks = {
      'local:run': async () => {
        const { runLocalCommand } = await import('./local/run-local-command.ts');
        await runLocalCommand(serverless, options, utilities, values?.missing ?? []);
      },
      'alarms:show': async () => {
        const { runAlarmsCommand } = await import('./alarms-command/run-alarms-command.ts');
        await runAlarmsCommand(serverless, options, utilities, compiled);
      },
      'advise:show': async () => {
        const { runAdviseCommand } = await import('./advise/run-advise.ts');
        await runAdviseCommand(serverless, options, utilities, compiled);
      },
      'tracing:on:switch': () => tracing('on'),
      'tracing:off:switch': () => tracing('off'),
      'tracing:status:show': () => tracing('status'),
      'before:package:createDeploymentArtifacts': async () => {
        const { oldFolderNotice } = await import('./packaging/old-folder.ts');
        const notice = oldFolderNotice(serverless.serviceDir);
        if (notice !== undefined) utilities.log.warning(notice);
        const { oldMiddyNotice } = await import('./packaging/middy-version.ts');
        const middy = oldMiddyNotice(serverless.serviceDir);
        if (middy !== undefined) utilities.log.warning(middy);
      },
      // Here `resources:` and what other plugins add are in the template, and nothing is written yet.
      'after:aws:package:finalize:mergeCustomProviderResources': async () => {
        const { watchService } = await import('./watch-service.ts');
        const { addTracing } = await import('./tracing/add-tracing.ts');
        const { checkTemplateLimits } = await import('./template-limits.ts');
        this.#watched = watchService(serverless);
        for (const warning of this.#watched.warnings) utilities.log.warning(warning);
        const { length: left } = this.#watched.plan.skipped;
        if (left > 0) {
          utilities.log.notice(
            `Not everything is watched (${left}): "serverless alarms" says what is left out, and why.`,
          );
        }
        // It subscribes to the topic of the alarms.
        addTracing(serverless, utilities);
        checkTemplateLimits(serverless, this.#watched);
      },
    };
  }

  /** For the commands that deploy nothing. */
  #standInValues(serverless: Serverless, options: LocalCommandOptions): StandInValues | undefined {
    const [command = ''] = serverless.processedInput?.commands ?? [];
    if (!['local', 'alarms', 'advise'].includes(command)) return undefined;
    const values = new StandInValues(serverless, {
      accountId: LOCAL_ACCOUNT_ID,
      // Alarms are those of a deployment: they ask whoever has credentials for it.
      asksAws: (service) =>
        (command !== 'local' && seemsToHaveCredentials()) || isElsewhere(service, serverless),
      exported: async () => {
        if (command !== 'local') return {};
        const { exportsOfOthers } = await import('./local/run-local-command.ts');
        return exportsOfOthers(options);
      },
    });
    values.install();
    return values;
  }
}

/** Whether a setting or the shell has calls to the service go somewhere. */
function isElsewhere(service: string, { configurationInput }: Serverless): boolean {
  const endpoints = configurationInput?.custom?.lantern?.local?.endpoints ?? {};
  return (
    endpoints[service] === 'aws' || process.env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] !== undefined
  );
}
