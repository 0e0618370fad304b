import { describe, expect, it } from 'vitest';
import { planActions } from '../../../plugin/actions/plan-actions.ts';
import { functionResources, inventoryOf } from '../../helpers/inventory.ts';

const inventory = inventoryOf(functionResources('Tell', 'tell'));
const TOPIC = { Ref: 'LanternAlarmTopic' };

const fromOurAlarms = {
  StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
  ArnLike: {
    'aws:SourceArn': {
      'Fn::Sub': 'arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:shop-dev-*',
    },
  },
};

describe('planActions', () => {
  it('makes a topic with a key that CloudWatch may use, for alarms of this service only', () => {
    const { resources } = planActions(inventory);
    expect(Object.keys(resources)).toEqual([
      'LanternAlarmKey',
      'LanternAlarmTopic',
      'LanternAlarmTopicPolicy',
    ]);
    expect(resources.LanternAlarmTopic?.Properties).toEqual({
      TopicName: 'shop-dev-alarms',
      KmsMasterKeyId: { 'Fn::GetAtt': ['LanternAlarmKey', 'Arn'] },
    });
    expect(resources.LanternAlarmKey?.Properties).toMatchObject({
      EnableKeyRotation: true,
      KeyPolicy: {
        Statement: [
          { Sid: 'AccountAdministers' },
          {
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
            Condition: fromOurAlarms,
          },
        ],
      },
    });
    expect(resources.LanternAlarmTopicPolicy?.Properties).toMatchObject({
      Topics: [TOPIC],
      PolicyDocument: {
        Statement: [
          {
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Resource: TOPIC,
            Condition: fromOurAlarms,
          },
        ],
      },
    });
  });

  it('takes a key of the user, or none', () => {
    const own = planActions(inventory, { encryption: 'arn:aws:kms:eu-west-1:123456789012:key/k' });
    expect(own.resources).not.toHaveProperty('LanternAlarmKey');
    expect(own.resources.LanternAlarmTopic?.Properties.KmsMasterKeyId).toBe(
      'arn:aws:kms:eu-west-1:123456789012:key/k',
    );
    const none = planActions(inventory, { encryption: false });
    expect(Object.keys(none.resources)).toEqual(['LanternAlarmTopic', 'LanternAlarmTopicPolicy']);
    expect(none.resources.LanternAlarmTopic?.Properties).toEqual({ TopicName: 'shop-dev-alarms' });
  });

  it('tells that something is wrong, not that it is over, unless told otherwise; each state has an action of its own', () => {
    expect(planActions(inventory)).toMatchObject({
      each: { AlarmActions: [TOPIC] },
      service: {},
    });
    expect(planActions(inventory, { states: ['INSUFFICIENT_DATA'] }).each).toEqual({
      InsufficientDataActions: [TOPIC],
    });
    expect(planActions(inventory, { states: [] }).each).toEqual({});
  });

  it('lets each alarm tell, only the one of the service, or both', () => {
    const actions = { AlarmActions: [TOPIC] };
    expect(planActions(inventory, { from: 'composite' })).toMatchObject({ each: {}, service: actions });
    expect(planActions(inventory, { from: 'composite' }).each).toEqual({});
    expect(planActions(inventory, { from: 'both' })).toMatchObject({ each: actions, service: actions });
  });

  it('tells a topic that exists, and subscribes to it', () => {
    const topic = 'arn:aws:sns:eu-west-1:123456789012:on-call';
    const { resources, each } = planActions(inventory, { topic, email: ['a@example.com'] });
    expect(each).toEqual({ AlarmActions: [topic] });
    expect(Object.values(resources)).toEqual([
      {
        Type: 'AWS::SNS::Subscription',
        Properties: { TopicArn: topic, Protocol: 'email', Endpoint: 'a@example.com' },
      },
    ]);
  });

  it('keeps the subscriptions of those who have confirmed when another one comes first', () => {
    const idsOf = (email: readonly string[]) =>
      Object.keys(planActions(inventory, { email }).resources).filter((id) => id.includes('Subscription'));
    const [first] = idsOf(['a@example.com']);
    expect(idsOf(['b@example.com', 'a@example.com'])).toContain(first);
  });

  it('tells a channel of Slack and of Teams, where nobody may do more than look', () => {
    const { resources } = planActions(inventory, {
      slack: { workspaceId: 'T1', channelId: 'C1' },
      teams: { tenantId: 't', teamId: 'm', channelId: 'c' },
    });
    const guardrail = [{ 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/CloudWatchReadOnlyAccess' }];
    expect(resources.LanternAlarmSlack).toMatchObject({
      Type: 'AWS::Chatbot::SlackChannelConfiguration',
      Properties: {
        SlackWorkspaceId: 'T1',
        SlackChannelId: 'C1',
        SnsTopicArns: [TOPIC],
        GuardrailPolicies: guardrail,
      },
    });
    expect(resources.LanternAlarmTeams).toMatchObject({
      Type: 'AWS::Chatbot::MicrosoftTeamsChannelConfiguration',
      Properties: { TeamsTenantId: 't', TeamId: 'm', TeamsChannelId: 'c', GuardrailPolicies: guardrail },
    });
    const names = ['LanternAlarmSlack', 'LanternAlarmTeams'].map(
      (id) => resources[id]?.Properties.ConfigurationName,
    );
    expect(new Set(names).size).toBe(2);
  });

  it('sends the events of its alarms to a function, which lets EventBridge in, or to a target', () => {
    const { resources } = planActions(inventory, { events: { function: 'tell' } });
    expect(resources.LanternAlarmRule?.Properties).toMatchObject({
      EventPattern: {
        source: ['aws.cloudwatch'],
        'detail-type': ['CloudWatch Alarm State Change'],
        resources: [
          {
            prefix: {
              'Fn::Sub': 'arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:shop-dev-',
            },
          },
        ],
        detail: { state: { value: ['ALARM', 'OK'] } },
      },
      Targets: [{ Arn: { 'Fn::GetAtt': ['TellLambdaFunction', 'Arn'] } }],
    });
    expect(resources.LanternAlarmRulePermission?.Properties).toMatchObject({
      FunctionName: { 'Fn::GetAtt': ['TellLambdaFunction', 'Arn'] },
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': ['LanternAlarmRule', 'Arn'] },
    });
    const toBus = planActions(inventory, { events: { target: 'arn:bus', role: 'arn:role' } }).resources;
    expect(toBus.LanternAlarmRule?.Properties.Targets).toEqual([
      { Id: 'alarms', Arn: 'arn:bus', RoleArn: 'arn:role' },
    ]);
    expect(toBus).not.toHaveProperty('LanternAlarmRulePermission');
  });
});
