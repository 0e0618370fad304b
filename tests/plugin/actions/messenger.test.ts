import { describe, expect, it } from 'vitest';
import { planMessenger } from '../../../plugin/actions/messenger.ts';
import { planActions } from '../../../plugin/actions/plan-actions.ts';
import type { ResourceMap } from '../../../plugin/alarms/alarm-resources.ts';
import { alarmResources } from '../../../plugin/alarms/alarm-resources.ts';
import { planAlarms } from '../../../plugin/alarms/plan-alarms.ts';
import type { ActionSettings } from '../../../plugin/settings/settings.ts';
import { checkSettings } from '../../../plugin/settings/settings.ts';
import { functionResources, inventoryOf } from '../../helpers/inventory.ts';

const MESSAGES = { Ref: 'LanternMessageTopic' };
const ALARMS = { Ref: 'LanternAlarmTopic' };
const DEFAULT_ROLE = { Role: { 'Fn::GetAtt': ['IamRoleLambdaExecution', 'Arn'] } };

/** A service of two functions that work, and one that tells. */
const template = {
  ...functionResources('Pay', 'pay', DEFAULT_ROLE),
  ...functionResources('Ship', 'ship', DEFAULT_ROLE),
  ...functionResources('Tell', 'tell', {
    ...DEFAULT_ROLE,
    Timeout: 30,
    Environment: { Variables: { STAGE: 'dev' } },
  }),
  IamRoleLambdaExecution: { Type: 'AWS::IAM::Role', Properties: { Path: '/team/' } },
} as unknown as ResourceMap;
const inventory = inventoryOf(template);
const names = new Map(['pay', 'ship', 'tell'].map((key) => [key, `shop-dev-${key}`]));

function plan(actions: ActionSettings, resources: ResourceMap = template) {
  return planMessenger(resources, { inventory: inventoryOf(resources), actions, names });
}

interface PolicyStatement {
  readonly Sid: string;
  readonly Action: readonly string[];
  readonly Resource: unknown;
}

function statementsOf({ resources }: ReturnType<typeof plan>): ReadonlyMap<string, PolicyStatement> {
  const [policy] = (resources.LanternMessageRole?.Properties.Policies ?? []) as ReadonlyArray<{
    readonly PolicyDocument: { readonly Statement: readonly PolicyStatement[] };
  }>;
  return new Map((policy?.PolicyDocument.Statement ?? []).map((each) => [each.Sid, each]));
}

describe('the function that composes messages', () => {
  it('is there only where the settings ask for it', () => {
    expect(plan({})).toEqual({ resources: {}, changed: {}, warnings: [] });
    expect(planActions(inventory).resources).not.toHaveProperty('LanternMessageTopic');
  });

  it('is called by the topic of the alarms, knows where to tell, and keeps its own environment', () => {
    const { resources, changed, warnings } = plan({ message: { function: 'tell' } });
    expect(resources.LanternMessageSubscription?.Properties).toEqual({
      TopicArn: ALARMS,
      Protocol: 'lambda',
      Endpoint: { 'Fn::GetAtt': ['TellLambdaFunction', 'Arn'] },
    });
    expect(changed.TellLambdaFunction?.Properties).toMatchObject({
      Role: { 'Fn::GetAtt': ['LanternMessageRole', 'Arn'] },
      Environment: {
        Variables: {
          STAGE: 'dev',
          LANTERN_MESSAGE_TOPIC: MESSAGES,
          LANTERN_MESSAGE_SERVICE: 'shop',
          LANTERN_MESSAGE_STAGE: 'dev',
          LANTERN_MESSAGE_STACK: { Ref: 'AWS::StackId' },
        },
      },
    });
    expect(Object.keys(changed)).toEqual(['TellLambdaFunction']);
    expect(warnings).toEqual([]);
  });

  it('may tell, look at alarms, at its stack and at the functions of its service, and no more', () => {
    const bare = statementsOf(plan({ message: { function: 'tell' }, encryption: false }));
    expect([...bare.keys()]).toEqual([
      'Logs',
      'Tell',
      'LookAtAlarms',
      'LookAtDeployments',
      'LookAtFunctions',
    ]);
    expect(bare.get('Tell')?.Resource).toEqual([MESSAGES]);
    expect(bare.get('LookAtDeployments')?.Resource).toEqual([{ Ref: 'AWS::StackId' }]);
    expect(JSON.stringify(bare.get('LookAtFunctions')?.Resource)).toMatch(
      /function:shop-dev-pay.*shop-dev-ship/,
    );
    const actions = [...bare.values()].flatMap(({ Action }) => Action);
    expect(
      actions.filter((action) => /\*|Update|Put(?!LogEvents)|Delete|Create(?!LogStream)/.test(action)),
    ).toEqual([]);
    const more = statementsOf(plan({ message: { function: 'tell', bus: 'operations' } }));
    expect(more.get('Encrypt')?.Resource).toEqual([{ 'Fn::GetAtt': ['LanternAlarmKey', 'Arn'] }]);
    expect(JSON.stringify(more.get('PutEvents'))).toContain('event-bus/operations');
  });

  it('has people hear the messages, and programs what CloudWatch says', () => {
    const { resources } = planActions(inventory, {
      message: { function: 'tell' },
      email: ['a@example.com'],
      https: ['https://example.com/alarms'],
      slack: { workspaceId: 'T1', channelId: 'C1' },
    });
    const topics = Object.values(resources)
      .filter(({ Type }) => Type === 'AWS::SNS::Subscription')
      .map(({ Properties: { Protocol, TopicArn } }) => [Protocol, TopicArn]);
    expect(topics).toEqual([
      ['https', ALARMS],
      ['email', MESSAGES],
    ]);
    expect(resources.LanternAlarmSlack?.Properties.SnsTopicArns).toEqual([MESSAGES]);
    expect(resources.LanternMessageTopic?.Properties).toEqual({
      TopicName: 'shop-dev-messages',
      KmsMasterKeyId: { 'Fn::GetAtt': ['LanternAlarmKey', 'Arn'] },
    });
  });

  it('loses no alarm when it fails: Lambda tells in its place, and so does CloudWatch of the function itself', () => {
    const { resources } = plan({ message: { function: 'tell' } });
    expect(resources.LanternMessageFallback?.Properties).toMatchObject({
      FunctionName: { Ref: 'TellLambdaFunction' },
      DestinationConfig: { OnFailure: { Destination: MESSAGES } },
    });
    const alarmPlan = planAlarms(inventory, { actions: { message: { function: 'tell' } } });
    const made = Object.values(
      alarmResources(alarmPlan, planActions(inventory, { message: { function: 'tell' } })),
    );
    const told = new Map(
      made.map(({ Properties: { AlarmName, AlarmActions } }) => [AlarmName, AlarmActions]),
    );
    expect(told.get('shop-dev-tell-unhealthy')).toEqual([MESSAGES]);
    expect(told.get('shop-dev-pay-unhealthy')).toEqual([ALARMS]);
    // Nothing that it would have to tell itself holds its own alarm back.
    const own = made.find(({ Properties }) => Properties.AlarmName === 'shop-dev-tell-unhealthy');
    expect(own?.Properties).not.toHaveProperty('ActionsSuppressor');
    const several = made.find(({ Properties }) => Properties.AlarmName === 'shop-dev-severalUnhealthy');
    expect(several?.Properties.AlarmRule).toContain('shop-dev-pay-errors');
    expect(several?.Properties.AlarmRule).not.toContain('shop-dev-tell-');
  });

  it('takes alarms of this service alone from a topic that others use', () => {
    const topic = 'arn:aws:sns:eu-west-1:123456789012:on-call';
    const { resources } = plan({ message: { function: 'tell' }, topic });
    expect(resources.LanternMessageSubscription?.Properties).toMatchObject({
      TopicArn: topic,
      FilterPolicyScope: 'MessageBody',
      FilterPolicy: {
        AlarmArn: [{ prefix: { 'Fn::Sub': expect.stringContaining(':alarm:shop-dev-') as string } }],
      },
    });
    const actions = planActions(inventory, { message: { function: 'tell' }, topic });
    expect(actions.resources).toHaveProperty('LanternMessageTopic');
    expect(actions.resources).toHaveProperty('LanternAlarmKey');
  });

  it.each([
    ['a role of its own', { Role: 'arn:aws:iam::123456789012:role/own' }, {}, 'has a role of its own'],
    ['little time', { Timeout: 6 }, {}, 'give it a timeout of 30'],
    [
      'settings for failed events',
      {},
      {
        TellLambdaEvConf: {
          Type: 'AWS::Lambda::EventInvokeConfig',
          Properties: { FunctionName: { Ref: 'TellLambdaFunction' } },
        },
      },
      'TellLambdaEvConf',
    ],
  ])('that has %s is left so, and a warning says what that means', (_what, properties, more, warning) => {
    const own = functionResources('Tell', 'tell', { ...DEFAULT_ROLE, Timeout: 30, ...properties });
    const { resources, changed, warnings } = plan(
      { message: { function: 'tell' } },
      {
        ...template,
        ...own,
        ...more,
      },
    );
    expect(warnings).toEqual([expect.stringContaining(warning)]);
    expect(Object.hasOwn(resources, 'LanternMessageRole')).toBe(!('Role' in properties));
    expect(Object.hasOwn(resources, 'LanternMessageFallback')).toBe(!('TellLambdaEvConf' in more));
    if ('Role' in properties) expect(changed.TellLambdaFunction?.Properties.Role).toBe(properties.Role);
  });

  it.each([
    [{ bus: 'default' }, 'message.function: it is missing'],
    [{ function: 'tel' }, 'did you mean tell?'],
    [{ function: 'tell', buss: 'default' }, 'did you mean bus?'],
  ])('is asked for by settings that are checked: %j', (message, mistake) => {
    const mistakes = checkSettings('alarms', { actions: { message } }, { functions: ['pay', 'tell'] });
    expect(mistakes).toEqual([expect.stringContaining(mistake)]);
  });
});
