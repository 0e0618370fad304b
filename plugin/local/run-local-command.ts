import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkSettings } from '../settings/settings.ts';
import type { PluginUtilities, Serverless } from '../serverless.ts';
import { checkHandlers } from './check-handlers.ts';
import type { LocalCommandOptions } from './command-options.ts';
import { endProgress } from './end-progress.ts';

/** Local resources have no account; this is what emulators of AWS agree on. */
const ACCOUNT_ID = '000000000000';

/**
 * `serverless local`: packages the service as for a deployment, and runs what came out until it is interrupted.
 *
 * @throws Serverless' own error, which is printed without a stack, for everything the user can mend.
 */
export async function runLocalCommand(
  serverless: Serverless,
  options: LocalCommandOptions,
  { writeText, log }: PluginUtilities,
): Promise<void> {
  const {
    checkPorts,
    interrupted,
    minuteFrom,
    portsFrom,
    readService,
    startStack,
    surviveErrors,
    Terminal,
    tracesFile,
    unpackFunctions,
  } = await import('lambda-lantern-local');
  let remove: (() => Promise<void>) | undefined;
  try {
    const ports = portsFrom(options);
    const minuteMs = minuteFrom(options);
    checkHandlers(serverless.service.functions, serverless.serviceDir);
    await checkPorts(ports);
    await serverless.pluginManager.spawn('package');
    endProgress();
    const { service: config } = serverless;
    const aws = serverless.getProvider('aws');
    const unpacked = await unpackFunctions(packagesOf(serverless), serverless.serviceDir);
    remove = () => unpacked.remove();
    const keys = keysByName(serverless);
    const { service, warnings } = readService({
      template: config.provider.compiledCloudFormationTemplate,
      serviceName: config.service,
      stage: aws.getStage(),
      region: aws.getRegion(),
      accountId: ACCOUNT_ID,
      codeDirectoryOf: ({ name }) => unpacked.folders.get(name) ?? serverless.serviceDir,
      functionKeyOf: (name) => keys.get(name) ?? name,
      queueUrlOf: (name) => `http://127.0.0.1:${ports.messaging}/${ACCOUNT_ID}/${name}`,
      endpointOf: (index) => `http://127.0.0.1:${ports.api(index)}`,
      // The framework keeps this out of the template, and turns it on after the deployment.
      restApiTracing: config.provider.tracing?.apiGateway === true,
      authorizers: authorizersIn(serverless),
    });
    for (const warning of warnings) log.warning(warning);
    const terminal = new Terminal({
      write: writeText,
      functionKeys: service.functions.map(({ key }) => key),
    });
    surviveErrors((text) => terminal.notice(text));
    const stack = await startStack({
      service,
      ports,
      minuteMs,
      tryThis: config.custom?.lantern?.local?.tryThis ?? [],
      tracesFile: options.memory === true ? undefined : tracesFile(serverless.serviceDir),
      serviceDirectory: serverless.serviceDir,
      terminal,
    });
    await interrupted();
    writeText('\nStopping.');
    await stack.stop();
    await remove();
    // The framework keeps the process alive with a timer of its own and leaves the exit to who listens for signals.
    process.exit(0);
  } catch (error) {
    await remove?.();
    throw new serverless.classes.Error(
      error instanceof Error ? error.message : String(error),
      'LANTERN_LOCAL',
    );
  }
}

/**
 * What is set for authorizers, with files of keys as the service's folder has them.
 *
 * @throws Error that names the mistakes in these settings.
 */
function authorizersIn({ service, serviceDir }: Serverless) {
  const settings = service.custom?.lantern?.local;
  const mistakes = checkSettings('local', settings, { functions: Object.keys(service.functions) });
  if (mistakes.length > 0) throw new Error(mistakes.join('\n'));
  return Object.fromEntries(
    Object.entries(settings?.authorizers ?? {}).map(([name, { keys, ...rest }]) => {
      if (keys === undefined) return [name, rest];
      return [name, { ...rest, keys: /^https?:/.test(keys) ? keys : resolve(serviceDir, keys) }];
    }),
  );
}

function keysByName(serverless: Serverless): Map<string, string> {
  return new Map(Object.entries(serverless.service.functions).map(([key, { name }]) => [name ?? key, key]));
}

/** The package of each function, by deployed name: its own, or the one of the whole service. */
function packagesOf(serverless: Serverless): Map<string, string> {
  const { service, serviceDir } = serverless;
  return new Map(
    Object.entries(service.functions).map(([key, definition]) => {
      const name = definition.name ?? key;
      const candidates = [
        definition.package?.artifact,
        service.package?.artifact,
        join('.serverless', `${key}.zip`),
        join('.serverless', `${service.service}.zip`),
      ]
        .filter((path) => path !== undefined)
        .map((path) => join(path.startsWith('/') ? '/' : serviceDir, path));
      const archive = candidates.find((path) => existsSync(path));
      if (archive === undefined) {
        throw new Error(
          `The package of the function ${key} was not built; looked at: ${candidates.join(', ')}.`,
        );
      }
      return [name, archive] as const;
    }),
  );
}
