/** The role of the function that switches tracing, and the one of the schedules that call it: no more than they need. */
import type { Expression, Properties } from 'lambda-lantern-local/template';
import type { CloudFormationResource } from '../alarms/alarm-resources.ts';
import type { DeployedFunction } from '../own-role.ts';
import { allow, arn, functionArn, functionRole, role } from '../own-role.ts';
import { ENTRY_PREFIX } from '../tracing-switch/names.ts';

export interface SwitchSubject extends DeployedFunction {
  /** The deployed names of the functions that it may switch. */
  readonly switchable: readonly string[];
  /** Of those that it may look at only. */
  readonly never: readonly string[];
  /** Keys of their own with which functions encrypt their environment. */
  readonly keys: readonly Expression[];
  /** The name of the group of schedules. */
  readonly group: string;
  /** `Path` and `PermissionsBoundary` of the other roles of the service, where they have them. */
  readonly roleDefaults: Properties;
}

const READ = ['lambda:GetFunctionConfiguration', 'lambda:ListTags'];
const WRITE = ['lambda:UpdateFunctionConfiguration'];
const REMEMBER = ['lambda:TagResource', 'lambda:UntagResource'];

export function switchRole(subject: SwitchSubject, scheduleRole: string): CloudFormationResource {
  return functionRole(
    subject,
    'switch-tracing',
    [
      ...allow('SwitchTracing', [...READ, ...WRITE], subject.switchable.map(functionArn)),
      ...allow('RememberAlarms', REMEMBER, subject.switchable.map(functionArn), {
        'ForAllValues:StringLike': { 'aws:TagKeys': [`${ENTRY_PREFIX}*`] },
      }),
      ...allow('LookOnly', READ, subject.never.map(functionArn)),
      ...allow(
        'EnvironmentsWithKeysOfTheirOwn',
        ['kms:Decrypt', 'kms:Encrypt', 'kms:CreateGrant'],
        subject.keys,
        // Only on behalf of Lambda.
        { StringEquals: { 'kms:ViaService': { 'Fn::Sub': 'lambda.${AWS::Region}.${AWS::URLSuffix}' } } },
      ),
      ...allow(
        'EndOfTracing',
        ['scheduler:CreateSchedule', 'scheduler:GetSchedule', 'scheduler:UpdateSchedule'],
        [arn('scheduler', `schedule/${subject.group}/*`)],
      ),
      {
        Sid: 'RoleOfTheSchedules',
        Effect: 'Allow',
        Action: ['iam:PassRole'],
        Resource: { 'Fn::GetAtt': [scheduleRole, 'Arn'] },
        Condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      },
    ],
    subject.roleDefaults,
  );
}

export function scheduleRole({ name, group, roleDefaults }: SwitchSubject): CloudFormationResource {
  return role({
    service: 'scheduler.amazonaws.com',
    // No schedule of another account or group may use it.
    condition: {
      StringEquals: {
        'aws:SourceAccount': { Ref: 'AWS::AccountId' },
        // Scheduler names the group of a schedule, not the schedule.
        'aws:SourceArn': arn('scheduler', `schedule-group/${group}`),
      },
    },
    policyName: 'end-tracing',
    statements: [{ Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: functionArn(name) }],
    defaults: roleDefaults,
  });
}
