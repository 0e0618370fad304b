import type { PlannedAlarm, MetricStat } from '../../../plugin/alarms/alarm-plan.ts';
import { DEFAULTS } from '../../../plugin/alarms/defaults.ts';
import type { DefaultAlarm } from '../../../plugin/alarms/default-alarm.ts';
import type { ResourceKind } from '../../../plugin/alarms/resource-kinds.ts';
import { planAlarms } from '../../../plugin/alarms/plan-alarms.ts';
import { periodsInWords, thresholdInWords } from '../../../plugin/alarms/wording.ts';
import { CATEGORIES } from '../../../plugin/data-protection/data-identifiers.ts';
import { protectLogs } from '../../../plugin/data-protection/protect-logs.ts';
import { functionResources, inventoryOf } from '../../helpers/inventory.ts';

const TITLES: { readonly [Kind in ResourceKind]: string } = {
  function: 'Functions: `function`',
  capacityProvider: 'Capacity providers of Lambda Managed Instances: `capacityProvider`',
  api: 'REST, HTTP and WebSocket APIs: `api`',
  queue: 'Queues: `queue`',
  topic: 'Topics: `topic`',
  table: 'Tables: `table`',
  rule: 'Rules of EventBridge: `rule`',
  schedule: 'Schedules of EventBridge Scheduler, by group: `schedule`',
  stateMachine: 'State machines: `stateMachine`',
  account: 'The account: `account`',
};

const HEADINGS = [
  'alarm',
  'rings when',
  'what it means, and the likely cause',
  'where the numbers come from',
  'missing data',
];

/** The tables of docs/alarms.md, as the defaults have them. Markdown. */
export function alarmTables(): string {
  return (Object.keys(TITLES) as Array<ResourceKind>)
    .map((kind) => [`### ${TITLES[kind]}`, '', table(kind)].join('\n'))
    .join('\n\n');
}

function table(kind: ResourceKind): string {
  const definitions: ReadonlyArray<Omit<DefaultAlarm, 'plan' | 'saidByOthers'>> = DEFAULTS[kind];
  const rows = definitions.map((definition) => [
    `\`${definition.name}\`${definition.severity === 'symptom' ? '' : '<br>warning'}${definition.on ? '' : '<br>off'}`,
    rule(kind, definition),
    `${definition.meaning}<br>Likely cause: ${definition.cause}`,
    definition.numbers,
    `\`${definition.tuning.treatMissingData}\`: ${definition.missing}`,
  ]);
  return [HEADINGS, HEADINGS.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

function rule(kind: ResourceKind, definition: Omit<DefaultAlarm, 'plan' | 'saidByOthers'>): string {
  const { tuning, shareOf, comparisonOperator, unit } = definition;
  const { share, threshold } = tuning;
  const operator = comparisonOperator === 'GreaterThanThreshold' ? '>' : '>=';
  const compared =
    threshold === undefined
      ? `${operator} ${100 * (share ?? 0)} % of ${shareOf ?? ''}`
      : thresholdInWords({ comparisonOperator, threshold, unit });
  return `${metricOf(`${kind}.${definition.name}`)} ${compared}, ${periodsInWords(tuning, tuning.period)}`;
}

/** A service on which every alarm of the defaults can be put. */
const arn = { 'Fn::GetAtt': ['Work', 'Arn'] };
function mapping(source: object) {
  return {
    Type: 'AWS::Lambda::EventSourceMapping',
    Properties: { FunctionName: { Ref: 'FnLambdaFunction' }, ...source },
  };
}

const EVERYTHING = inventoryOf({
  ...functionResources('Flow', 'flow', {
    DurableConfig: { ExecutionTimeout: 3600 },
    Runtime: 'nodejs26.x',
    CapacityProviderConfig: {
      LambdaManagedInstancesCapacityProviderConfig: {
        CapacityProviderArn: { 'Fn::GetAtt': ['Provider', 'Arn'] },
      },
    },
  }),
  Provider: { Type: 'AWS::Lambda::CapacityProvider', Properties: {} },
  ...functionResources('Fn', 'fn', {
    ReservedConcurrentExecutions: 10,
    DeadLetterConfig: { TargetArn: arn },
  }),
  Alias: {
    Type: 'AWS::Lambda::Alias',
    Properties: {
      FunctionName: { Ref: 'FnLambdaFunction' },
      Name: 'live',
      ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 1 },
    },
  },
  Invoke: {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: { FunctionName: { Ref: 'FnLambdaFunction' }, DestinationConfig: { OnFailure: {} } },
  },
  FromTopic: {
    Type: 'AWS::Lambda::Permission',
    Properties: { FunctionName: { Ref: 'FnLambdaFunction' }, Principal: 'sns.amazonaws.com' },
  },
  Kinesis: mapping({
    EventSourceArn: 'arn:aws:kinesis:eu-west-1:123456789012:stream/s',
    MaximumRetryAttempts: 3,
    DestinationConfig: { OnFailure: { Destination: 'arn:aws:sns:eu-west-1:123456789012:given-up' } },
  }),
  Kafka: mapping({ SelfManagedEventSource: {} }),
  Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'api' } },
  Deployment: {
    Type: 'AWS::ApiGateway::Deployment',
    Properties: { RestApiId: { Ref: 'Api' }, StageName: 'dev' },
  },
  Work: { Type: 'AWS::SQS::Queue', Properties: {} },
  Source: { Type: 'AWS::SQS::Queue', Properties: { RedrivePolicy: { deadLetterTargetArn: arn } } },
  Topic: { Type: 'AWS::SNS::Topic', Properties: {} },
  Subscription: {
    Type: 'AWS::SNS::Subscription',
    Properties: { TopicArn: { Ref: 'Topic' }, RedrivePolicy: { deadLetterTargetArn: arn } },
  },
  Table: { Type: 'AWS::DynamoDB::Table', Properties: { GlobalSecondaryIndexes: [{ IndexName: 'index' }] } },
  Rule: { Type: 'AWS::Events::Rule', Properties: {} },
  Schedule: { Type: 'AWS::Scheduler::Schedule', Properties: {} },
  Machine: { Type: 'AWS::StepFunctions::StateMachine', Properties: {} },
});
/** Its logs are looked through as well. */
const PROTECTED = protectLogs(
  EVERYTHING,
  {},
  { categories: CATEGORIES, retention: undefined, deidentify: false, alarm: true },
).inventory;
const PLANNED = planAlarms(PROTECTED, {
  defaults: { function: { initDuration: true, coldStarts: true, traffic: true, eventsFailed: true } },
});

function metricOf(id: string): string {
  // What both kinds of functions have is shown as it is of most.
  const all = PLANNED.alarms.filter((one) => one.id === id);
  const alarm = all.find(({ resource }) => resource.key === 'fn') ?? all[0];
  if (alarm === undefined) throw new Error(`The sample service has no alarm ${id}.`);
  return inWords(alarm);
}

function inWords({ metric }: PlannedAlarm): string {
  if (metric.kind === 'stat') return statInWords(metric);
  const stats = metric.metrics.flatMap((part) => ('stat' in part ? [part] : []));
  const expression = metric.metrics.flatMap((part) => ('expression' in part ? [part.expression] : [])).at(-1);
  const shown = stats.length > 3 ? stats.slice(0, 1) : stats;
  const rest = stats.length > shown.length ? ', and of each other operation that the service may do' : '';
  const where = shown.map(({ id, stat }) => `\`${id}\` is ${statInWords(stat)}`).join(', ');
  const formula = rest === '' ? (expression ?? '') : `${(expression ?? '').split(' + ')[0] ?? ''} + …`;
  return `\`${formula}\`, where ${where}${rest},`;
}

function statInWords({ statistic, namespace, metricName, matching, dimensions }: MetricStat): string {
  const over = dimensions.map(({ name }) => name).join(' and ');
  if (matching === true) return `${statistic} of \`${metricName}\` (\`AWS/Lambda\`, all of the ${over})`;
  return `${statistic} of \`${metricName}\` (\`${typeof namespace === 'string' ? namespace.replace(/shop-dev-\w+/, '<function>') : ''}\`)`;
}
