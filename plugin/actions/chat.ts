import type { Expression, Inventory } from 'lambda-lantern-local/template';
import { getAttribute } from 'lambda-lantern-local/template';
import type { CloudFormationResource, ResourceMap } from '../alarms/alarm-resources.ts';
import type { ActionSettings } from '../settings/settings.ts';

const ROLE = 'LanternAlarmChatRole';

/**
 * Alarms in a channel of Slack or Microsoft Teams, through Amazon Q Developer in chat applications (AWS Chatbot). The
 * workspace or tenant has to be joined to the account by hand, once: only its owner can agree.
 */
export function chatResources(
  topic: Expression,
  { service, stage }: Pick<Inventory, 'service' | 'stage'>,
  { slack, teams }: ActionSettings,
): ResourceMap {
  if (slack === undefined && teams === undefined) return {};
  const common = {
    ConfigurationName: `${service}-${stage}-alarms`,
    IamRoleArn: getAttribute(ROLE, 'Arn'),
    SnsTopicArns: [topic],
    // Whoever writes in the channel may do no more than this, whatever the role allows; the default would be everything.
    GuardrailPolicies: [{ 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/CloudWatchReadOnlyAccess' }],
  };
  return {
    [ROLE]: role,
    ...(slack !== undefined && {
      LanternAlarmSlack: {
        Type: 'AWS::Chatbot::SlackChannelConfiguration',
        Properties: { ...common, SlackWorkspaceId: slack.workspaceId, SlackChannelId: slack.channelId },
      },
    }),
    ...(teams !== undefined && {
      LanternAlarmTeams: {
        Type: 'AWS::Chatbot::MicrosoftTeamsChannelConfiguration',
        Properties: {
          ...common,
          // Two configurations in one account need two names.
          ConfigurationName: `${common.ConfigurationName}-teams`,
          TeamsTenantId: teams.tenantId,
          TeamId: teams.teamId,
          TeamsChannelId: teams.channelId,
        },
      },
    }),
  };
}

/** What it takes to draw the metric beside an alarm; CloudWatch's metrics have no resources to name. */
const role: CloudFormationResource = {
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'chatbot.amazonaws.com' },
          Action: 'sts:AssumeRole',
        },
      ],
    },
    Policies: [
      {
        PolicyName: 'draw-metrics',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: [
                'cloudwatch:DescribeAlarms',
                'cloudwatch:GetMetricData',
                'cloudwatch:GetMetricWidgetImage',
              ],
              Resource: '*',
            },
          ],
        },
      },
    ],
  },
};
