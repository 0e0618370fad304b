import { resolve } from 'node:path';
import { messageOf } from 'lambda-lantern-local/template';
import { missingValuesNotice } from '../packaging/without-account.ts';
import type { LanternSettings } from '../settings/settings.ts';
import { checkSettings } from '../settings/settings.ts';
import type { PluginUtilities, Serverless } from '../serverless.ts';
import { missingHandlers } from './check-handlers.ts';
import type { LocalCommandOptions } from './command-options.ts';
import { endProgress } from './end-progress.ts';
import { findLayers } from './find-layers.ts';
import { packagerOf, packagesOf, packageWhatCanRun } from './package-what-can-run.ts';
import { Reload } from './reload/reload.ts';

/** Local resources have no account; this is what emulators of AWS agree on. */
const ACCOUNT_ID = '000000000000';

/**
 * `serverless local`: packages the service as for a deployment, and runs what came out until it is interrupted.
 *
 * @param missingValues what only AWS knows, and no setting says.
 * @throws Serverless' own error, which is printed without a stack, for everything the user can mend.
 */
export async function runLocalCommand(
  serverless: Serverless,
  options: LocalCommandOptions,
  { writeText, log }: PluginUtilities,
  missingValues: readonly string[],
): Promise<void> {
  const {
    AwsEndpoints,
    checkJoining,
    developerCredentials,
    exportsOfRunning,
    interrupted,
    layersOfSource,
    minuteFrom,
    portsFrom,
    runService,
    surviveErrors,
    Terminal,
    tracesFile,
    unpackFunctions,
  } = await import('lambda-lantern-local');
  let remove: (() => Promise<void>) | undefined;
  try {
    const ports = portsFrom(options);
    const minuteMs = minuteFrom(options);
    const settings = localSettings(serverless);
    const endpoints = new AwsEndpoints({ settings: settings.endpoints, environment: process.env });
    const { service: config } = serverless;
    const aws = serverless.getProvider('aws');
    const identity = { name: config.service, stage: aws.getStage(), region: aws.getRegion() };
    const alone = options.alone === true;
    const traceUnasked = tracesUnasked(serverless, options);
    await checkJoining(identity, { ports, alone });
    const missing = missingHandlers(serverless);
    const packager = packagerOf(serverless);
    const packagedAt = Date.now();
    const packageProblems = await packageWhatCanRun(serverless).catch((error: unknown) => {
      // A bundler says that something could not be compiled, but not that a name in serverless.yml is wrong.
      throw missing.length > 0 ? new Error([...missing, messageOf(error)].join('\n')) : error;
    });
    endProgress();
    const packages = packagesOf(serverless, packageProblems.functions);
    const whole = {
      ...identity,
      accountId: ACCOUNT_ID,
      template: config.provider.compiledCloudFormationTemplate,
      values: settings.values ?? {},
      missing: missingValues,
    };
    const used = layersOfSource(whole, alone ? {} : await exportsOfRunning(ports.console));
    const layers = findLayers(serverless, used, settings.layers ?? {}, packageProblems.layers);
    const around = new Map(
      Array.from(layers.found, ([name, found]) => [
        name,
        { paths: found.map(({ path }) => path), runtime: used.get(name)?.runtime ?? '' },
      ]),
    );
    const unpacked = await unpackFunctions(packages.found, serverless.serviceDir, around);
    remove = () => unpacked.remove();
    const keys = keysByName(serverless);
    const values = missingValuesNotice(missingValues);
    for (const warning of [...missing, ...(values === undefined ? [] : [values]), ...layers.unused])
      log.warning(warning);
    const terminal = new Terminal({ write: writeText, functionKeys: [...keys.values()] });
    surviveErrors((text) => terminal.notice(text));
    const { promise: failed, reject: fail } = Promise.withResolvers<never>();
    // It may come before anybody waits for it.
    failed.catch(() => undefined);
    const running = await runService({
      source: {
        ...whole,
        directory: serverless.serviceDir,
        codeDirectories: Object.fromEntries(unpacked.folders),
        packageProblems: {
          ...Object.fromEntries(unpacked.problems),
          ...Object.fromEntries(layers.problems),
          ...Object.fromEntries(packages.problems),
        },
        layers: Object.fromEntries(
          Array.from(unpacked.layers, ([name, unpackedLayers]) => {
            const arns = layers.found.get(name)?.map(({ arn }) => arn) ?? [];
            return [name, { ...unpackedLayers, arns }];
          }),
        ),
        functionKeys: Object.fromEntries(keys),
        // The framework keeps this out of the template, and turns it on after the deployment.
        restApiTracing: config.provider.tracing?.apiGateway === true,
        traceUnasked,
        authorizers: authorizersIn(serverless),
        tryThis: settings.tryThis ?? [],
        lowerCaseHeaders: settings.lowerCaseHeaders ?? false,
      },
      ports,
      minuteMs,
      freeze: settings.freeze ?? true,
      tracesFile: options.memory === true ? undefined : tracesFile(serverless.serviceDir),
      endpoints,
      credentials: () => developerCredentials(aws.getRegion(), profileOf(serverless, options)),
      alone,
      terminal,
      warn: (message) => log.warning(message),
      onFailed: fail,
    });
    const reload = await Reload.start({
      serverless,
      functions: running.functions.map(({ name, codeDirectory }) => ({
        name,
        codeDirectory,
        key: keys.get(name) ?? name,
      })),
      packages: packages.found,
      packagedAt,
      packager,
      unpacked,
      layers: layers.found,
      around,
      updateCode: (codeDirectories) => running.updateCode(codeDirectories),
      notice: (text) => terminal.notice(text),
    });
    await Promise.race([interrupted(), failed]);
    writeText('\nStopping.');
    await reload.stop();
    await running.stop();
    await remove();
    // The framework keeps the process alive with a timer of its own and leaves the exit to who listens for signals.
    process.exit(0);
  } catch (error) {
    await remove?.();
    throw new serverless.classes.Error(messageOf(error), 'LANTERN_LOCAL');
  }
}

/** What services export that run already, and that this one is to join: by the keys of values that only AWS has. */
export async function exportsOfOthers(
  options: LocalCommandOptions,
): Promise<Readonly<Record<string, string>>> {
  if (options.alone === true) return {};
  const { exportsOfRunning, portsFrom } = await import('lambda-lantern-local');
  return exportsOfRunning(portsFrom(options).console);
}

/** @throws Error that names the mistakes in the settings of this command. */
function localSettings({ service }: Serverless): NonNullable<LanternSettings['local']> {
  const settings = service.custom?.lantern?.local;
  const mistakes = checkSettings('local', settings, { functions: Object.keys(service.functions) });
  if (mistakes.length > 0) throw new Error(mistakes.join('\n'));
  return settings ?? {};
}

/**
 * Whether a service is traced that has no line of tracing: here it costs nothing. Where alarms are to turn tracing on, it is off until
 * they do.
 *
 * @throws Error for an option that is none.
 */
function tracesUnasked({ service }: Serverless, { trace = 'on' }: LocalCommandOptions): boolean {
  if (trace !== 'on' && trace !== 'off') throw new Error(`--trace takes on or off, but got "${trace}".`);
  const { provider, functions, custom } = service;
  const isAsked = [provider, ...Object.values(functions)].some(({ tracing }) => tracing !== undefined);
  return trace === 'on' && !isAsked && custom?.lantern?.tracing === undefined;
}

/** The profile of the developer's credentials, as the framework takes it. */
function profileOf({ service }: Serverless, options: LocalCommandOptions): string | undefined {
  return options['aws-profile'] ?? service.provider.profile;
}

/** What is set for authorizers, with files of keys as the service's folder has them. */
function authorizersIn(serverless: Serverless) {
  const { serviceDir } = serverless;
  return Object.fromEntries(
    Object.entries(localSettings(serverless).authorizers ?? {}).map(([name, { keys, ...rest }]) => {
      if (keys === undefined) return [name, rest];
      return [name, { ...rest, keys: /^https?:/.test(keys) ? keys : resolve(serviceDir, keys) }];
    }),
  );
}

function keysByName(serverless: Serverless): Map<string, string> {
  return new Map(Object.entries(serverless.service.functions).map(([key, { name }]) => [name ?? key, key]));
}
