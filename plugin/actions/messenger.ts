/** What the function that composes messages needs in the template: who calls it, what it may do, and who is told when it fails. */
import type { Expression, Inventory, Properties } from 'lambda-lantern-local/template';
import { getAttribute, logicalIdIn, ref } from 'lambda-lantern-local/template';
import type { CloudFormationResource, ResourceMap } from '../alarms/alarm-resources.ts';
import { VARIABLE } from '../message/names.ts';
import type { Statement } from '../own-role.ts';
import {
  allow,
  arn,
  functionArn,
  functionNamed,
  functionRole,
  invokePermission,
  isDefaultRole,
  MOST_FUNCTIONS_OF_ROLE,
  roleDefaultsOf,
  withProperties,
} from '../own-role.ts';
import type { ActionSettings } from '../settings/settings.ts';
import { ALARM_TOPIC, alarmArnPrefix, functionSubscription, keyOf, MESSAGE_TOPIC } from './alarm-topic.ts';

export interface MessengerOptions {
  readonly inventory: Pick<Inventory, 'service' | 'stage' | 'functions'>;
  readonly actions: ActionSettings;
  /** The deployed names of the functions, by their keys in `serverless.yml`. */
  readonly names: ReadonlyMap<string, string>;
}

/** What is added for it, and its function as it becomes. */
export interface Messenger {
  readonly resources: ResourceMap;
  readonly changed: ResourceMap;
  readonly warnings: readonly string[];
}

const ROLE = 'LanternMessageRole';
/** Its endpoint is the function. */
export const MESSAGE_SUBSCRIPTION = 'LanternMessageSubscription';
const PERMISSION = 'LanternMessagePermission';
const FALLBACK = 'LanternMessageFallback';

/** Seconds: what is asked takes up to eight, a cold start and publishing with its retries the rest. */
const SHORT_TIMEOUT = 20;

/** Whoever waits for a message would not wait for more: the second try comes after a minute. */
const RETRIES = 1;

/** Pure: nothing that is given is changed. Nothing is added where the settings ask for no messages. */
export function planMessenger(template: ResourceMap, options: MessengerOptions): Messenger {
  const { inventory, actions, names } = options;
  const { message, topic = ref(ALARM_TOPIC) } = actions;
  if (message?.function === undefined) return { resources: {}, changed: {}, warnings: [] };
  const { function: key, bus } = message;
  const name = names.get(key) ?? key;
  const [logicalId, fn] = functionNamed(template, name);
  const endpoint = getAttribute(logicalId, 'Arn');
  const hasDefaultRole = isDefaultRole(fn.Properties.Role);
  const others = [...names.values()].filter((each) => each !== name);
  const looksAt = others.length <= MOST_FUNCTIONS_OF_ROLE ? others : [];
  const fallback = fallbackOf(template, logicalId);
  return {
    resources: {
      ...(hasDefaultRole && {
        [ROLE]: functionRole(
          { name, properties: fn.Properties },
          'tell-of-alarms',
          statements(actions, looksAt),
          roleDefaultsOf(template),
        ),
      }),
      [MESSAGE_SUBSCRIPTION]: functionSubscription(topic, endpoint, [
        { prefix: { 'Fn::Sub': alarmArnPrefix(inventory.service, inventory.stage) } },
      ]),
      [PERMISSION]: invokePermission(endpoint, 'sns.amazonaws.com', topic),
      ...(fallback === undefined && { [FALLBACK]: invokeConfig(logicalId) }),
    },
    changed: {
      [logicalId]: wired(fn, {
        role: hasDefaultRole ? getAttribute(ROLE, 'Arn') : undefined,
        variables: {
          [VARIABLE.topic]: ref(MESSAGE_TOPIC),
          [VARIABLE.service]: inventory.service,
          [VARIABLE.stage]: inventory.stage,
          [VARIABLE.stack]: ref('AWS::StackId'),
          ...(bus !== undefined && { [VARIABLE.bus]: bus }),
        },
      }),
    },
    warnings: [
      ...(hasDefaultRole
        ? []
        : [
            `${key} has a role of its own, which has to allow what docs/alarms.md lists under "Composed messages": nothing is added to it.`,
          ]),
      ...(fallback === undefined
        ? []
        : [
            `${key} has settings for its failed events already (${fallback}): have them go to !Ref ${MESSAGE_TOPIC}, or an alarm is not ` +
              'told when the function fails.',
          ]),
      ...(typeof fn.Properties.Timeout === 'number' && fn.Properties.Timeout < SHORT_TIMEOUT
        ? [
            `${key} has ${fn.Properties.Timeout} s, which may be too short to find out what to say: give it a timeout of 30.`,
          ]
        : []),
      ...(looksAt.length === others.length
        ? []
        : [
            `The role of ${key} can name ${MOST_FUNCTIONS_OF_ROLE} functions, but the service has ${others.length} others: messages will ` +
              'not say what was changed on a function.',
          ]),
    ],
  };
}

function wired(
  fn: CloudFormationResource,
  { role, variables }: { readonly role: Expression | undefined; readonly variables: Properties },
): CloudFormationResource {
  const { Environment: environment } = fn.Properties;
  const { Variables: before } = (environment ?? {}) as { readonly Variables?: Properties };
  return withProperties(fn, {
    ...(role !== undefined && { Role: role }),
    Environment: { Variables: { ...before, ...variables } },
  });
}

/** The logical id of what sets what becomes of the failed events of a function already. */
function fallbackOf(template: ResourceMap, logicalId: string): string | undefined {
  return Object.entries(template).find(
    ([, { Type, Properties: properties }]) =>
      Type === 'AWS::Lambda::EventInvokeConfig' && logicalIdIn(properties.FunctionName) === logicalId,
  )?.[0];
}

/** What the function does not take, Lambda publishes itself: the alarm is in there as it came. */
function invokeConfig(logicalId: string): CloudFormationResource {
  return {
    Type: 'AWS::Lambda::EventInvokeConfig',
    Properties: {
      FunctionName: ref(logicalId),
      Qualifier: '$LATEST',
      MaximumRetryAttempts: RETRIES,
      DestinationConfig: { OnFailure: { Destination: ref(MESSAGE_TOPIC) } },
    },
  };
}

function statements(actions: ActionSettings, functions: readonly string[]): readonly Statement[] {
  const key = keyOf(actions);
  const bus = actions.message?.bus;
  return [
    ...allow('Tell', ['sns:Publish'], [ref(MESSAGE_TOPIC)]),
    ...allow('Encrypt', ['kms:Decrypt', 'kms:GenerateDataKey'], key === undefined ? [] : [key], {
      StringEquals: { 'kms:ViaService': { 'Fn::Sub': 'sns.${AWS::Region}.${AWS::URLSuffix}' } },
    }),
    // Of composite alarms, CloudWatch answers only those who may look at all.
    ...allow('LookAtAlarms', ['cloudwatch:DescribeAlarms', 'cloudwatch:DescribeAlarmHistory'], ['*']),
    ...allow('LookAtDeployments', ['cloudformation:DescribeStackEvents'], [ref('AWS::StackId')]),
    ...allow(
      'LookAtFunctions',
      ['lambda:GetFunctionConfiguration', 'lambda:ListTags'],
      functions.map(functionArn),
    ),
    ...allow('PutEvents', ['events:PutEvents'], bus === undefined ? [] : [busArn(bus)], {
      StringEquals: { 'events:source': 'lambda-lantern' },
    }),
  ];
}

/** `default` or another name of a bus, or what is an ARN already. */
function busArn(bus: Expression): Expression {
  return typeof bus === 'string' && !bus.startsWith('arn:') ? arn('events', `event-bus/${bus}`) : bus;
}
