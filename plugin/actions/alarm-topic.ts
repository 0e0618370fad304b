import { createHash } from 'node:crypto';
import type { Expression, Inventory } from 'lambda-lantern-local/template';
import { getAttribute, logicalIdIn, ref } from 'lambda-lantern-local/template';
import type { CloudFormationResource, ResourceMap } from '../alarms/alarm-resources.ts';
import type { ActionSettings } from '../settings/settings.ts';

/** The topic of the service: what is to hear of its alarms subscribes to `!Ref LanternAlarmTopic`. */
export const ALARM_TOPIC = 'LanternAlarmTopic';
const KEY = 'LanternAlarmKey';

/** The topic that people hear composed messages from. */
export const MESSAGE_TOPIC = 'LanternMessageTopic';

/** KMS lets a key be deleted after 7 to 30 days; the topic holds nothing that would have to be read again. */
const KEY_DELETION_DAYS = 7;

/** The topic that alarms publish to, who may publish, how it is encrypted, and who reads it. */
export function alarmTopicResources(service: Service, settings: ActionSettings): ResourceMap {
  return { ...keyResource(service, settings), ...topic(ALARM_TOPIC, 'alarms', service, settings) };
}

/**
 * The topic that composed messages are published to. CloudWatch may publish too: alarms on the function that composes them tell it
 * themselves.
 */
export function messageTopicResources(service: Service, settings: ActionSettings): ResourceMap {
  return { ...keyResource(service, settings), ...topic(MESSAGE_TOPIC, 'messages', service, settings) };
}

type Service = Pick<Inventory, 'service' | 'stage'>;

/** The ARN of the key that encrypts the topics; undefined where nothing does. */
export function keyOf({ encryption = true }: ActionSettings): Expression | undefined {
  if (encryption === false) return undefined;
  return encryption === true ? getAttribute(KEY, 'Arn') : encryption;
}

function keyResource({ service, stage }: Service, { encryption = true }: ActionSettings): ResourceMap {
  return encryption === true ? { [KEY]: key(`${service}-${stage}`, alarmsOf(service, stage)) } : {};
}

function topic(
  logicalId: string,
  what: string,
  { service, stage }: Service,
  settings: ActionSettings,
): ResourceMap {
  const keyArn = keyOf(settings);
  return {
    [logicalId]: {
      Type: 'AWS::SNS::Topic',
      Properties: {
        TopicName: `${service}-${stage}-${what}`,
        ...(keyArn !== undefined && { KmsMasterKeyId: keyArn }),
      },
    },
    [`${logicalId}Policy`]: {
      Type: 'AWS::SNS::TopicPolicy',
      Properties: {
        Topics: [ref(logicalId)],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'AlarmsOfTheService',
              Effect: 'Allow',
              Principal: { Service: 'cloudwatch.amazonaws.com' },
              Action: 'sns:Publish',
              Resource: ref(logicalId),
              Condition: fromAlarms(alarmsOf(service, stage)),
            },
          ],
        },
      },
    },
  };
}

/** Subscriptions to the topic of the service or to one that exists. Their addresses confirm by themselves. */
export function subscriptions(
  topic: Expression,
  { email = [], https = [] }: Pick<ActionSettings, 'email' | 'https'>,
): ResourceMap {
  const endpoints = [
    ...email.map((endpoint) => ({ protocol: 'email', endpoint })),
    ...https.map((endpoint) => ({ protocol: 'https', endpoint })),
  ];
  return Object.fromEntries(
    endpoints.map(({ protocol, endpoint }) => {
      // By its address, not its place in a list: otherwise a new first one would make all confirm again.
      const id = createHash('sha256').update(`${protocol} ${endpoint}`).digest('hex').slice(0, 8);
      return [
        `LanternAlarmSubscription${id}`,
        {
          Type: 'AWS::SNS::Subscription',
          Properties: { TopicArn: topic, Protocol: protocol, Endpoint: endpoint },
        },
      ];
    }),
  );
}

/**
 * Has a function hear of alarms.
 *
 * @param alarms whose it hears: to a topic that the service does not make itself, others may send too.
 */
export function functionSubscription(
  topic: Expression,
  endpoint: Expression,
  alarms: readonly unknown[],
): CloudFormationResource {
  return {
    Type: 'AWS::SNS::Subscription',
    Properties: {
      TopicArn: topic,
      Protocol: 'lambda',
      Endpoint: endpoint,
      ...(logicalIdIn(topic) !== ALARM_TOPIC && {
        FilterPolicyScope: 'MessageBody',
        FilterPolicy: { AlarmArn: alarms },
      }),
    },
  };
}

/**
 * SNS' own key does not let CloudWatch in, and its policy cannot be changed: an alarm would fail to publish, in silence.
 * Amazon SNS, "Enable compatibility between event sources from AWS services and encrypted topics".
 */
function key(name: string, alarms: Expression): CloudFormationResource {
  return {
    Type: 'AWS::KMS::Key',
    DeletionPolicy: 'Delete',
    UpdateReplacePolicy: 'Delete',
    Properties: {
      Description: `Encrypts the alarms of ${name}`,
      EnableKeyRotation: true,
      PendingWindowInDays: KEY_DELETION_DAYS,
      KeyPolicy: {
        Version: '2012-10-17',
        Statement: [
          {
            Sid: 'AccountAdministers',
            Effect: 'Allow',
            Principal: { AWS: { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root' } },
            Action: 'kms:*',
            Resource: '*',
          },
          {
            Sid: 'AlarmsOfTheService',
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
            Resource: '*',
            Condition: fromAlarms(alarms),
          },
        ],
      },
    },
  };
}

function fromAlarms(alarms: Expression): Readonly<Record<string, unknown>> {
  return {
    StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') },
    ArnLike: { 'aws:SourceArn': alarms },
  };
}

/** The ARN of every alarm of a service and stage: each name begins with both. */
function alarmsOf(service: string, stage: string): Expression {
  return {
    'Fn::Sub': `${alarmArnPrefix(service, stage)}*`,
  };
}

export function alarmArnPrefix(service: string, stage: string): string {
  return `arn:\${AWS::Partition}:cloudwatch:\${AWS::Region}:\${AWS::AccountId}:alarm:${service}-${stage}-`;
}
