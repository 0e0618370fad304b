/** The role of the function that switches tracing, and the one of the schedules that call it: no more than they need. */
import type { Expression, Properties } from 'lambda-lantern-local/template';
import { LOG_GROUP_PREFIX } from 'lambda-lantern-local/template';
import { ENTRY_PREFIX } from '../tracing-switch/names.ts';
import type { CloudFormationResource } from '../alarms/alarm-resources.ts';

export interface SwitchSubject {
  /** The deployed name of the function that switches. */
  readonly name: string;
  /** As it is in the template. */
  readonly properties: Properties;
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

interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: Expression | readonly Expression[];
  readonly Condition?: Properties;
}

const READ = ['lambda:GetFunctionConfiguration', 'lambda:ListTags'];
const WRITE = ['lambda:UpdateFunctionConfiguration'];
const REMEMBER = ['lambda:TagResource', 'lambda:UntagResource'];

/** Without asking the template for it: the function, its role and its schedules would wait for each other. */
export function functionArn(name: string): Expression {
  return arn('lambda', `function:${name}`);
}

export function switchRole(subject: SwitchSubject, scheduleRole: string): CloudFormationResource {
  return role(
    subject,
    'lambda.amazonaws.com',
    'switch-tracing',
    [
      ...logStatements(subject),
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
      ...ownStatements(subject.properties),
    ],
    managedPolicies(subject.properties),
  );
}

export function scheduleRole(subject: SwitchSubject): CloudFormationResource {
  return role(subject, 'scheduler.amazonaws.com', 'end-tracing', [
    { Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: functionArn(subject.name) },
  ]);
}

function role(
  { roleDefaults, group }: SwitchSubject,
  service: string,
  policyName: string,
  statements: readonly Statement[],
  managed: readonly Expression[] = [],
): CloudFormationResource {
  const own = {
    StringEquals: {
      'aws:SourceAccount': { Ref: 'AWS::AccountId' },
      // Scheduler names the group of a schedule, not the schedule.
      'aws:SourceArn': arn('scheduler', `schedule-group/${group}`),
    },
  };
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      ...roleDefaults,
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: service },
            Action: 'sts:AssumeRole',
            // No schedule of another account or group may use it. Lambda does not send what could be compared.
            ...(service === 'scheduler.amazonaws.com' && { Condition: own }),
          },
        ],
      },
      Policies: [
        { PolicyName: policyName, PolicyDocument: { Version: '2012-10-17', Statement: statements } },
      ],
      ...(managed.length > 0 && { ManagedPolicyArns: managed }),
    },
  };
}

function logStatements({ name, properties }: SwitchSubject): Statement[] {
  const { LogGroup: group } = (properties.LoggingConfig ?? {}) as { readonly LogGroup?: unknown };
  const logGroup = group ?? `${LOG_GROUP_PREFIX}${name}`;
  const resource: Expression =
    typeof logGroup === 'string'
      ? arn('logs', `log-group:${logGroup}:*`)
      : {
          'Fn::Join': [
            ':',
            [
              { 'Fn::Sub': 'arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group' },
              logGroup,
              '*',
            ],
          ],
        };
  return allow('Logs', ['logs:CreateLogStream', 'logs:PutLogEvents'], [resource]);
}

/** What the function needs for what `serverless.yml` says about it besides. */
function ownStatements({ TracingConfig: tracing, DeadLetterConfig: deadLetters }: Properties): Statement[] {
  const { Mode: mode } = (tracing ?? {}) as { readonly Mode?: unknown };
  const { TargetArn: target } = (deadLetters ?? {}) as { readonly TargetArn?: Expression };
  return [
    ...(mode === 'Active' ? [XRAY_STATEMENT] : []),
    ...(target === undefined ? [] : allow('DeadLetters', ['sqs:SendMessage', 'sns:Publish'], [target])),
  ];
}

function managedPolicies({ VpcConfig: vpc }: Properties): Expression[] {
  const policy = 'arn:${AWS::Partition}:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole';
  return vpc === undefined ? [] : [{ 'Fn::Sub': policy }];
}

/** Without it, Lambda refuses to trace a function: "The provided execution role does not have permissions to call PutTraceSegments". */
export const XRAY_STATEMENT: Statement = {
  Effect: 'Allow',
  Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  Resource: ['*'],
};

function allow(
  sid: string,
  actions: readonly string[],
  resources: readonly Expression[],
  condition?: Properties,
): Statement[] {
  const conditions = condition === undefined ? {} : { Condition: condition };
  const statement = {
    Sid: sid,
    Effect: 'Allow',
    Action: actions,
    Resource: resources,
    ...conditions,
  } as const;
  return resources.length === 0 ? [] : [statement];
}

function arn(service: string, resource: string): Expression {
  return { 'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}` };
}
