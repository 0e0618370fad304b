/**
 * Finds out what a message says beside what its alarm says: which other alarms are in ALARM, how often it rang, and what was changed.
 * What cannot be found out is left out, and said.
 */
import type { CloudFormationClient, StackEvent } from '@aws-sdk/client-cloudformation';
import { DescribeStackEventsCommand } from '@aws-sdk/client-cloudformation';
import type { AlarmType, CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DescribeAlarmHistoryCommand, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { GetFunctionConfigurationCommand, ListTagsCommand } from '@aws-sdk/client-lambda';
import type { AlarmChange, MessageInput, ObservedAlarm, RecentChange } from 'lambda-lantern-local/template';
import { ALARM_STATES, parseObject, readAlarm } from 'lambda-lantern-local/template';
import { BY_HAND, readLedger } from '../tracing-switch/alarm-ledger.ts';

export interface Sources {
  readonly cloudWatch: CloudWatchClient;
  readonly cloudFormation: CloudFormationClient;
  readonly lambda: LambdaClient;
}

export interface GatherOptions extends Sources {
  readonly place: MessageInput['place'];
  /** The id of the stack of the service. */
  readonly stack: string;
  /** Ends what is still being asked. */
  readonly signal: AbortSignal;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Pages that are read of one answer: each has up to 100 entries, and the newest are what counts. */
const MOST_PAGES = 3;

/** Functions that are looked at. */
const MOST_FUNCTIONS = 5;

export async function gather(change: AlarmChange, options: GatherOptions): Promise<MessageInput> {
  const { alarm } = change;
  const unread: string[] = [];
  /** What comes of asking, or nothing and a word about it. */
  const ask = async <Found>(what: string, asking: Promise<readonly Found[]>): Promise<readonly Found[]> => {
    try {
      return await asking;
    } catch (error) {
      unread.push(`${what}: ${whyNot(error)}`);
      return [];
    }
  };
  const asked = ask('which other alarms are in ALARM', alarmsInAlarm(change, options));
  /** Of what the alarm looks at, and of what its rule names. */
  const configured = asked.then(async (others) => {
    const named = namesInRule(alarm.rule ?? '');
    const concerned = [alarm, ...others.filter(({ name }) => named.includes(name))];
    const functions = [...new Set(concerned.flatMap((each) => each.functions))].slice(0, MOST_FUNCTIONS);
    const found = functions.map((name) =>
      ask(`what was changed of ${name}`, changesOf(name, alarm, options)),
    );
    return (await Promise.all(found)).flat();
  });
  const [others, functionChanges, history, deployments] = await Promise.all([
    asked,
    configured,
    ask('how often it rang', historyOf(alarm, options)),
    ask('what was deployed', deploymentsOf(alarm, options)),
  ]);
  // CloudWatch describes an alarm more exactly than a topic is told, as long as it is still in that state.
  const described = others.find(({ name, at }) => name === alarm.name && at === alarm.at);
  return {
    ...change,
    alarm: described ?? alarm,
    inAlarm: others,
    history,
    changes: [...deployments, ...withoutRepetition(functionChanges, deployments)],
    place: options.place,
    unread,
  };
}

/** Lambda says when a function was changed, not by whom: that is told where nothing else explains it. */
interface FunctionChange extends RecentChange {
  readonly isUnexplained: boolean;
}

/** What is no farther from each other is one change: CloudFormation and the tracing switch write within that time. Milliseconds. */
const SAME_CHANGE = 120_000;

function withoutRepetition(
  changes: readonly FunctionChange[],
  deployments: readonly RecentChange[],
): readonly RecentChange[] {
  const explaining = [...deployments, ...changes.filter(({ isUnexplained }) => !isUnexplained)];
  return changes
    .filter(
      ({ at, isUnexplained }) =>
        !isUnexplained || !explaining.some((other) => Math.abs(other.at - at) <= SAME_CHANGE),
    )
    .map(({ at, what }) => ({ at, what }));
}

/** The service's alarms in ALARM, and those in the rule of this one, whatever they are called. */
async function alarmsInAlarm(
  { alarm }: AlarmChange,
  { cloudWatch, place: { service, stage }, signal }: GatherOptions,
): Promise<readonly ObservedAlarm[]> {
  if (alarm.state !== 'ALARM') return [];
  const prefix = `${service}-${stage}-`;
  const foreign = namesInRule(alarm.rule ?? '').filter((name) => !name.startsWith(prefix));
  const queries = [
    { AlarmNamePrefix: prefix, MaxRecords: 100 },
    ...(foreign.length === 0 ? [] : [{ AlarmNames: foreign.slice(0, 100) }]),
  ];
  const found = await Promise.all(
    queries.map((query) =>
      pages(async (NextToken) => {
        const {
          MetricAlarms = [],
          CompositeAlarms = [],
          LogAlarms = [],
          NextToken: next,
        } = await ofEveryType((AlarmTypes) =>
          cloudWatch.send(
            new DescribeAlarmsCommand({
              ...query,
              StateValue: 'ALARM',
              AlarmTypes,
              ...(NextToken !== undefined && { NextToken }),
            }),
            { abortSignal: signal },
          ),
        );
        return [[...MetricAlarms, ...CompositeAlarms, ...LogAlarms], next];
      }),
    ),
  );
  return found.flat().flatMap((each) => readAlarm({ ...each }) ?? []);
}

const ALARM_TYPES: readonly AlarmType[] = ['MetricAlarm', 'CompositeAlarm'];

/** A region in which CloudWatch has no alarms on log lines yet does not take their type: then there are none to ask for. */
async function ofEveryType<Answer>(ask: (types: AlarmType[]) => Promise<Answer>): Promise<Answer> {
  try {
    return await ask([...ALARM_TYPES, 'LogAlarm']);
  } catch (error) {
    if (!/^(Validation|InvalidParameter)/.test((error as Error).name)) throw error;
    return ask([...ALARM_TYPES]);
  }
}

/** Names in quotation marks, as the plugin writes them: others cost a moment in the message, not the message. */
function namesInRule(rule: string): readonly string[] {
  return [...new Set([...rule.matchAll(/\("([^"]+)"\)/g)].map(([, name = '']) => name))];
}

async function historyOf(
  { name, at }: ObservedAlarm,
  { cloudWatch, signal }: GatherOptions,
): Promise<MessageInput['history']> {
  const { AlarmHistoryItems: items = [] } = await ofEveryType((AlarmTypes) =>
    cloudWatch.send(
      new DescribeAlarmHistoryCommand({
        AlarmName: name,
        AlarmTypes,
        HistoryItemType: 'StateUpdate',
        StartDate: new Date(at - DAY),
        EndDate: new Date(at),
        MaxRecords: 100,
      }),
      { abortSignal: signal },
    ),
  );
  return items.flatMap(({ Timestamp, HistoryData }) => {
    const newState = parseObject(HistoryData ?? '')?.newState as { stateValue?: unknown } | undefined;
    const to = ALARM_STATES.find((state) => state === newState?.stateValue);
    return Timestamp === undefined || to === undefined ? [] : [{ at: Timestamp.getTime(), to }];
  });
}

/** What the stack says of itself when an update is through, or under way. */
const ENDED = /^(CREATE|UPDATE|IMPORT|ROLLBACK|UPDATE_ROLLBACK|IMPORT_ROLLBACK)_COMPLETE$/;
const BEGAN = /^(CREATE|UPDATE|IMPORT)_IN_PROGRESS$/;

async function deploymentsOf(
  { at }: ObservedAlarm,
  { cloudFormation, stack, signal }: GatherOptions,
): Promise<readonly RecentChange[]> {
  const from = at - DAY;
  const events = await pages<StackEvent>(async (NextToken) => {
    const { StackEvents = [], NextToken: next } = await cloudFormation.send(
      new DescribeStackEventsCommand({
        StackName: stack,
        ...(NextToken !== undefined && { NextToken }),
      }),
      { abortSignal: signal },
    );
    const isOld = (StackEvents.at(-1)?.Timestamp?.getTime() ?? 0) < from;
    return [StackEvents, isOld ? undefined : next];
  });
  return deploymentsIn(events.filter(({ Timestamp }) => (Timestamp?.getTime() ?? 0) >= from));
}

/** Deployments of a stack, and which functions each changed. @param events newest first, as CloudFormation gives them */
export function deploymentsIn(events: readonly StackEvent[]): readonly RecentChange[] {
  const changes: RecentChange[] = [];
  let functions: string[] = [];
  let ended: { readonly at: number; readonly status: string; readonly stack: string } | undefined;
  for (const event of events) {
    const { ResourceType: type, ResourceStatus: status = '', Timestamp, StackName: stack = '' } = event;
    const at = Timestamp?.getTime() ?? 0;
    if (type === 'AWS::CloudFormation::Stack' && event.PhysicalResourceId === event.StackId) {
      if (ENDED.test(status)) {
        ended = { at, status, stack };
        functions = [];
      } else if (BEGAN.test(status)) {
        const which = functions.length === 0 ? '' : `, and with it ${listed(functions)}`;
        changes.push(
          ended === undefined
            ? { at, what: `a deployment of the stack ${stack} began, and is not over${which}` }
            : { at: ended.at, what: `the stack ${ended.stack} was deployed (${ended.status})${which}` },
        );
        ended = undefined;
        functions = [];
      }
    } else if (type === 'AWS::Lambda::Function' && /^(CREATE|UPDATE)_COMPLETE$/.test(status)) {
      functions.push(event.PhysicalResourceId ?? event.LogicalResourceId ?? '');
    }
  }
  // A deployment that began before what was read.
  if (ended !== undefined)
    changes.push({ at: ended.at, what: `the stack ${ended.stack} was deployed (${ended.status})` });
  return changes;
}

function listed(names: readonly string[]): string {
  const unique = [...new Set(names)];
  return unique.length <= 3
    ? unique.join(', ')
    : `${unique.slice(0, 3).join(', ')} and ${unique.length - 3} more functions`;
}

/** What the tracing switch remembers of a function, and when anybody changed it last. */
async function changesOf(
  name: string,
  { arn = '' }: ObservedAlarm,
  { lambda, signal }: GatherOptions,
): Promise<readonly FunctionChange[]> {
  const { FunctionArn, LastModified } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: name }),
    { abortSignal: signal },
  );
  const [, partition = 'aws', , region = '', account = ''] = arn.split(':');
  const { Tags = {} } = await lambda.send(
    new ListTagsCommand({
      Resource: FunctionArn ?? `arn:${partition}:lambda:${region}:${account}:function:${name}`,
    }),
    { abortSignal: signal },
  );
  // Who did it by hand is his name, which stays on the function.
  const switched = readLedger(Tags).map(({ key, state, at }) => ({
    at,
    what: `tracing of ${name} was turned ${state} ${key === BY_HAND ? 'by hand' : 'by an alarm'}`,
    isUnexplained: false,
  }));
  const modified = Date.parse((LastModified ?? '').replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  if (Number.isNaN(modified)) return switched;
  return [
    ...switched,
    { at: modified, what: `${name} was changed, its code or its configuration`, isUnexplained: true },
  ];
}

/** @param read gives the items of a page and the token of the next one */
async function pages<Item>(
  read: (token: string | undefined) => Promise<readonly [readonly Item[], string | undefined]>,
): Promise<readonly Item[]> {
  const all: Item[] = [];
  let token: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const [items, next] = await read(token);
    all.push(...items);
    if (next === undefined) break;
    token = next;
  }
  return all;
}

/** Names of errors only: their messages say who asked for what. */
function whyNot(error: unknown): string {
  const { name } = error as Error;
  if (name === 'AbortError' || name === 'TimeoutError') return 'it took too long to ask';
  return name;
}
