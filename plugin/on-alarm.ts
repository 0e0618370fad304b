import { Logger } from '@aws-lambda-powertools/logger';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import type { Context } from 'aws-lambda';
import { requiredVariable } from './required-variable.ts';
import type { Decision, SwitchRequest } from './tracing-switch/decide.ts';
import { LambdaFunctions, NotOurFunctionError } from './tracing-switch/lambda-functions.ts';
import { TIME_TO_FAIL_MS } from './tracing-switch/limits.ts';
import { VARIABLE } from './tracing-switch/names.ts';
import { parseLongest } from './tracing-switch/longest.ts';
import type { SwitchEvent } from './tracing-switch/switch-event.ts';
import { readSwitchEvent } from './tracing-switch/switch-event.ts';
import { switchTracing } from './tracing-switch/switch-tracing.ts';
import { TimeLimit } from './tracing-switch/time-limit.ts';

// The switch waits and tries again by itself, for as long as its invocation has time.
const lambda = new LambdaClient({ maxAttempts: 1 });
const scheduler = new SchedulerClient({ maxAttempts: 1 });
const logger = new Logger();
const SETTING = 'custom.lantern.tracing.onAlarm';
const group = requiredVariable(VARIABLE.scheduleGroup, SETTING);
const roleArn = requiredVariable(VARIABLE.scheduleRole, SETTING);
const longest = parseLongest(process.env[VARIABLE.longest]);

/** What became of one message. */
export interface AlarmOutcome {
  readonly functionName?: string;
  readonly outcome: Decision['outcome'] | 'ignored';
  readonly why: string;
}

/**
 * Turns the tracing of a function on while one of its alarms is in ALARM, and off again: when they all are OK, or when the
 * longest time is over. Takes what SNS, EventBridge, an alarm's Lambda action and its own schedules send.
 *
 * @throws Error when a function could not be switched: Lambda tries asynchronous events again.
 */
export async function onAlarm(
  event: unknown,
  context: Pick<Context, 'functionName' | 'invokedFunctionArn' | 'getRemainingTimeInMillis'>,
): Promise<AlarmOutcome[]> {
  const outcomes: AlarmOutcome[] = [];
  const failures: unknown[] = [];
  for (const message of readSwitchEvent(event)) {
    try {
      const outcome = await handle(message, context);
      logger.info(sentence(outcome), { ...outcome });
      outcomes.push(outcome);
    } catch (error) {
      logger.error('tracing could not be switched', { error: error as Error });
      failures.push(error);
    }
  }
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, 'Several functions could not be switched');
  return outcomes;
}

async function handle(message: SwitchEvent, context: Parameters<typeof onAlarm>[1]): Promise<AlarmOutcome> {
  const wanted = readRequest(message, context);
  if ('ignored' in wanted) return { outcome: 'ignored', why: wanted.ignored };
  const { functionName, request } = wanted;
  if (functionName === context.functionName)
    return {
      functionName,
      outcome: 'ignored',
      why: 'the function that switches tracing is never traced by itself',
    };
  const deadline = Date.now() + context.getRemainingTimeInMillis() - TIME_TO_FAIL_MS;
  const switchArn = context.invokedFunctionArn.split(':').slice(0, 7).join(':');
  try {
    const { outcome, why } = await switchTracing(functionName, request, {
      functions: new LambdaFunctions(lambda, deadline),
      timeLimit: new TimeLimit({ client: scheduler, group, roleArn, switchArn, deadline }),
      deadline,
    });
    return { functionName, outcome, why };
  } catch (error) {
    if (!(error instanceof NotOurFunctionError)) throw error;
    return { functionName, outcome: 'ignored', why: `it is none of ours: ${error.message}` };
  }
}

type Wanted =
  { readonly functionName: string; readonly request: SwitchRequest } | { readonly ignored: string };

function readRequest(message: SwitchEvent, context: Parameters<typeof onAlarm>[1]): Wanted {
  if (message.kind === 'unreadable') return { ignored: message.why };
  if (message.kind === 'time-over') {
    const { functionName, until } = message.timeOver;
    return { functionName, request: { kind: 'time-over', until } };
  }
  const { alarmName, state, previousState, reason, watched, region, accounts } = message.notification;
  const [, , , ownRegion, ownAccount] = context.invokedFunctionArn.split(':');
  if (region !== ownRegion || accounts.length === 0 || accounts.some((account) => account !== ownAccount))
    return {
      ignored: `the alarm ${alarmName} is ${state}: it is, or looks at, another account or region`,
    };
  if ('notAFunction' in watched)
    return { ignored: `the alarm ${alarmName} is ${state}: ${watched.notAFunction}` };
  // A function that nobody calls has no data, and nothing to trace; the alarm may come back either way.
  if (state === 'INSUFFICIENT_DATA')
    return {
      ignored: `the alarm ${alarmName} has too little data, which says nothing about ${watched.functionName}`,
    };
  const at = Math.min(message.notification.at, Date.now());
  const before = previousState === undefined ? {} : { previousState };
  return {
    functionName: watched.functionName,
    request: { kind: 'alarm', alarmName, state, ...before, at, reason, longest },
  };
}

function sentence({ functionName, outcome, why }: AlarmOutcome): string {
  const what = { on: 'turned on', off: 'turned off', unchanged: 'left as it is', ignored: 'not switched' }[
    outcome
  ];
  return `tracing${functionName === undefined ? '' : ` of ${functionName}`} ${what}: ${why}`;
}

/** {@link onAlarm} for Lambda: its log lines say which invocation they are of. */
export async function handler(event: unknown, context: Context): Promise<AlarmOutcome[]> {
  logger.addContext(context);
  return onAlarm(event, context);
}
