/**
 * Gives a function of the service a role of its own, in the place of the one that the framework shares among all functions: for what
 * the plugin has a function do, that function alone gets the rights.
 */
import type { Expression, Properties } from 'lambda-lantern-local/template';
import { LOG_GROUP_PREFIX } from 'lambda-lantern-local/template';
import type { CloudFormationResource, ResourceMap } from './alarms/alarm-resources.ts';

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: Expression | readonly Expression[];
  readonly Condition?: Properties;
}

/** The role that the framework makes for functions that name none. */
const DEFAULT_ROLE = 'IamRoleLambdaExecution';

/** IAM takes 10,240 characters of policies within a role; the ARN of a function has up to 140. */
export const MOST_FUNCTIONS_OF_ROLE = 70;

/** A function as it is in the template. */
export interface DeployedFunction {
  /** Its deployed name. */
  readonly name: string;
  readonly properties: Properties;
}

export interface RoleOptions {
  /** The service of AWS that takes it on. */
  readonly service: string;
  /** Under which condition. */
  readonly condition?: Properties;
  readonly policyName: string;
  readonly statements: readonly Statement[];
  readonly managedPolicies?: readonly Expression[];
  /** `Path` and `PermissionsBoundary` of the other roles of the service: see {@link roleDefaultsOf}. */
  readonly defaults: Properties;
}

export function role(options: RoleOptions): CloudFormationResource {
  const { service, condition, policyName, statements, managedPolicies = [], defaults } = options;
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      ...defaults,
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: service },
            Action: 'sts:AssumeRole',
            ...(condition !== undefined && { Condition: condition }),
          },
        ],
      },
      Policies: [
        { PolicyName: policyName, PolicyDocument: { Version: '2012-10-17', Statement: statements } },
      ],
      ...(managedPolicies.length > 0 && { ManagedPolicyArns: managedPolicies }),
    },
  };
}

/** The role of a function: what it is to do, beside its log and what `serverless.yml` says about it. */
export function functionRole(
  { name, properties }: DeployedFunction,
  policyName: string,
  statements: readonly Statement[],
  defaults: Properties,
): CloudFormationResource {
  return role({
    service: 'lambda.amazonaws.com',
    policyName,
    statements: [...logStatements(name, properties), ...statements, ...ownStatements(properties)],
    managedPolicies: managedPolicies(properties),
    defaults,
  });
}

function logStatements(name: string, properties: Properties): Statement[] {
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

/** A statement on some resources; none where there are none. */
export function allow(
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

/** The other way round: what lets a service of AWS invoke a function, for one source of events. */
export function invokePermission(
  endpoint: Expression,
  principal: string,
  source: Expression,
): CloudFormationResource {
  return {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: endpoint,
      Principal: principal,
      SourceArn: source,
    },
  };
}

export function arn(service: string, resource: string): Expression {
  return { 'Fn::Sub': `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}` };
}

/** Without asking the template for it: the function, its role and its schedules would wait for each other. */
export function functionArn(name: string): Expression {
  return arn('lambda', `function:${name}`);
}

/** What the roles of the service have in common. */
export function roleDefaultsOf(template: ResourceMap): Properties {
  const { Path, PermissionsBoundary } = template[DEFAULT_ROLE]?.Properties ?? {};
  return {
    ...(Path !== undefined && { Path }),
    ...(PermissionsBoundary !== undefined && { PermissionsBoundary }),
  };
}

/** Whether a function names no role in `serverless.yml`. */
export function isDefaultRole(role: unknown): boolean {
  return JSON.stringify(role) === JSON.stringify({ 'Fn::GetAtt': [DEFAULT_ROLE, 'Arn'] });
}

/** @throws Error when the template has no function of that name. */
export function functionNamed(
  resources: ResourceMap,
  name: string,
): readonly [string, CloudFormationResource] {
  const found = Object.entries(resources).find(
    ([, { Type, Properties }]) => Type === 'AWS::Lambda::Function' && Properties.FunctionName === name,
  );
  if (found === undefined) throw new Error(`The compiled template has no function with the name ${name}.`);
  return found;
}

export function withProperties(
  resource: CloudFormationResource,
  properties: Properties,
): CloudFormationResource {
  return { ...resource, Properties: { ...resource.Properties, ...properties } };
}
