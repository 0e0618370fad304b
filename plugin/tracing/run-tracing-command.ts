/** `serverless tracing on|off|status`: does by hand what alarms do, with the same code. */
import { userInfo } from 'node:os';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { clientErrorText } from '../client-error.ts';
import type { PluginUtilities, Serverless } from '../serverless.ts';
import { credentialsOnThisMachine } from '../packaging/without-account.ts';
import { checkSettings } from '../settings/settings.ts';
import { A_DURATION, parseMinutes, suggestion } from '../settings/vocabulary.ts';
import { table } from '../terminal-text.ts';
import { endOf, holding, readLedger } from '../tracing-switch/alarm-ledger.ts';
import type { FunctionSnapshot, SwitchRequest } from '../tracing-switch/decide.ts';
import { LambdaFunctions, NotOurFunctionError } from '../tracing-switch/lambda-functions.ts';
import { NEVER, SETTING_TAG, VARIABLE } from '../tracing-switch/names.ts';
import { switchTracing } from '../tracing-switch/switch-tracing.ts';
import { TimeLimit } from '../tracing-switch/time-limit.ts';
import { isoSeconds, isTraced } from '../tracing-switch/tracing-state.ts';
import type { TracingCommandOptions } from './command-options.ts';

/** Milliseconds for all functions of a command together. */
const PATIENCE_MS = 120_000;

interface Target {
  readonly key: string;
  readonly name: string;
}

/** @throws Serverless' own error, which is printed without a stack, for everything the user can mend. */
export async function runTracingCommand(
  action: 'on' | 'off' | 'status',
  serverless: Serverless,
  options: TracingCommandOptions,
  { writeText }: Pick<PluginUtilities, 'writeText'>,
): Promise<void> {
  const profile = options['aws-profile'];
  const client = {
    region: serverless.getProvider('aws').getRegion(),
    maxAttempts: 1,
    ...(profile !== undefined && { profile }),
  };
  const lambda = new LambdaClient({ ...client, ...credentialsOnThisMachine('LAMBDA', profile) });
  const scheduler = new SchedulerClient({ ...client, ...credentialsOnThisMachine('SCHEDULER', profile) });
  try {
    const deadline = Date.now() + PATIENCE_MS;
    const functions = new LambdaFunctions(lambda, deadline);
    const targets = targetsOf(serverless, options.function);
    if (action === 'status') {
      writeText(statusTable(await Promise.all(targets.map((target) => statusOf(functions, target)))));
      return;
    }
    const request = requestFor(action, options);
    const timeLimit = await timeLimitOf(serverless, functions, scheduler, deadline);
    if ('until' in request && typeof timeLimit === 'string')
      throw new Error(`--for ends by a schedule: ${timeLimit}`);
    const parts = { functions, deadline, ...(typeof timeLimit !== 'string' && { timeLimit }) };
    const failures: string[] = [];
    for (const { key, name } of targets) {
      try {
        const { outcome, why } = await switchTracing(name, request, parts);
        writeText(`${key}: ${outcome === 'unchanged' ? 'left as it is' : `turned ${outcome}`}, ${why}`);
      } catch (error) {
        failures.push(`${key}: ${messageOf(error)}`);
      }
    }
    if (failures.length > 0) throw new Error(failures.join('\n'));
  } catch (error) {
    throw new serverless.classes.Error(messageOf(error), 'LANTERN_TRACING');
  } finally {
    lambda.destroy();
    scheduler.destroy();
  }
}

function requestFor(action: 'on' | 'off', options: TracingCommandOptions): SwitchRequest {
  const by = `${userInfo().username} with serverless tracing`;
  const at = Date.now();
  if (action === 'off') return { kind: 'off', by, at };
  if (options.for === undefined) return { kind: 'on', by, at };
  const minutes = parseMinutes(options.for);
  if (minutes === undefined) throw new Error(`--for takes ${A_DURATION}, but got "${options.for}".`);
  return { kind: 'on', by, at, until: at + minutes * 60_000 };
}

/** All functions of the service, or the one that is named. */
function targetsOf({ service }: Serverless, wanted: string | undefined): Target[] {
  const targets = Object.entries(service.functions).map(([key, { name }]) => ({ key, name: name ?? key }));
  if (wanted === undefined) return targets;
  const found = targets.filter(({ key, name }) => key === wanted || name === wanted);
  if (found.length > 0) return found;
  const keys = targets.map(({ key }) => key);
  throw new Error(`The service has no function ${wanted}${suggestion(wanted, keys)}`);
}

async function statusOf(functions: LambdaFunctions, { key, name }: Target): Promise<FunctionStatus> {
  try {
    return { key, snapshot: await functions.read(name) };
  } catch (error) {
    if (isMissing(error)) return { key };
    throw error;
  }
}

/** What ends tracing is deployed with the function that alarms call; a text says why there is none. */
async function timeLimitOf(
  { service }: Serverless,
  functions: LambdaFunctions,
  client: SchedulerClient,
  deadline: number,
): Promise<TimeLimit | string> {
  const settings = service.custom?.lantern?.tracing ?? {};
  const [problem] = checkSettings('tracing', settings, { functions: Object.keys(service.functions) });
  if (problem !== undefined) throw new Error(problem);
  const { onAlarm } = settings;
  if (onAlarm === undefined)
    return 'set custom.lantern.tracing.onAlarm, and deploy (docs/tracing-on-demand.md).';
  try {
    const { arn, variables } = await functions.read(service.functions[onAlarm]?.name ?? onAlarm);
    const group = variables[VARIABLE.scheduleGroup];
    const roleArn = variables[VARIABLE.scheduleRole];
    if (group === undefined || roleArn === undefined)
      return `${onAlarm} was deployed without alarms, so it has no schedules.`;
    return new TimeLimit({ client, group, roleArn, switchArn: arn, deadline });
  } catch (error) {
    if (isMissing(error)) return `${onAlarm} is not deployed.`;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof NotOurFunctionError && (error.cause as Error).name === 'ResourceNotFoundException';
}

function messageOf(error: unknown): string {
  if (error instanceof NotOurFunctionError) return error.message;
  return clientErrorText(error, 'AWS', ['AWS_ENDPOINT_URL_LAMBDA', 'AWS_ENDPOINT_URL_SCHEDULER']);
}

export interface FunctionStatus {
  /** The key in `serverless.yml`. */
  readonly key: string;
  /** Absent for a function that is not deployed. */
  readonly snapshot?: Pick<FunctionSnapshot, 'configuration' | 'tags'>;
}

const HEADINGS = ['function', 'tracing', 'by', 'since', 'until', 'why'];

/** What `serverless tracing status` prints. */
export function statusTable(statuses: readonly FunctionStatus[], now = Date.now()): string {
  return table([HEADINGS, ...statuses.map((status) => rowOf(status, now))]).join('\n');
}

function rowOf({ key, snapshot }: FunctionStatus, now: number): string[] {
  if (snapshot === undefined) return [key, 'not deployed'];
  const { configuration, tags } = snapshot;
  if (!isTraced(configuration)) return [key, tags[SETTING_TAG] === NEVER ? 'off, never on' : 'off'];
  if (configuration.before === undefined) return [key, 'on', 'the deployment'];
  const holds = holding(readLedger(tags), now);
  const [first] = holds;
  if (first === undefined) return [key, 'on', '', '', 'the next message'];
  const until = endOf(holds);
  const end = until === undefined ? 'turned off' : isoSeconds(until);
  return [key, 'on', first.by, isoSeconds(first.at), end, first.reason];
}
