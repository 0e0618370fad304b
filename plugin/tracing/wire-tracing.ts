/**
 * Adds to the compiled template what tracing on demand needs: the function that alarms call gets its role, its subscription
 * and the schedules that end tracing; functions that are never to be traced get their tag; all others may be traced.
 */
import type { Expression, Properties } from 'lambda-lantern-local/template';
import { logicalIdIn } from 'lambda-lantern-local/template';
import { functionSubscription } from '../actions/alarm-topic.ts';
import type { CloudFormationResource, ResourceMap } from '../alarms/alarm-resources.ts';
import {
  functionNamed,
  invokePermission,
  isDefaultRole,
  MOST_FUNCTIONS_OF_ROLE,
  roleDefaultsOf,
  withProperties,
  XRAY_STATEMENT,
} from '../own-role.ts';
import type { TracingSettings } from '../settings/settings.ts';
import { parseMinutes } from '../settings/vocabulary.ts';
import { LONGEST_MINUTES } from '../tracing-switch/limits.ts';
import { NEVER, SETTING_TAG, VARIABLE } from '../tracing-switch/names.ts';
import type { SwitchSubject } from './switch-role.ts';
import { scheduleRole, switchRole } from './switch-role.ts';

export interface TracingService {
  readonly service: string;
  readonly stage: string;
  readonly settings: TracingSettings & { readonly onAlarm: string };
  /** The deployed names of the functions, by their keys in `serverless.yml`. */
  readonly names: ReadonlyMap<string, string>;
  /** The topic of the alarms. */
  readonly topic: Expression;
}

/** A template with tracing on demand in it. */
export interface TracedTemplate {
  /** All resources, those that changed replaced. */
  readonly resources: ResourceMap;
  readonly warnings: readonly string[];
}

const ROLE = 'LanternTracingRole';
const SCHEDULE_ROLE = 'LanternTracingScheduleRole';
const SCHEDULE_GROUP = 'LanternTracingScheduleGroup';
const SUBSCRIPTION = 'LanternTracingSubscription';
const PERMISSION = 'LanternTracingPermission';
const RULE = 'LanternTracingRule';

/** Seconds: an update in progress takes some, and so does waiting when Lambda throttles. */
const SHORT_TIMEOUT = 30;

/** Pure: nothing that is given is changed. @throws Error for a service that cannot have it. */
export function wireTracing(template: ResourceMap, service: TracingService): TracedTemplate {
  const { settings, names } = service;
  const name = names.get(settings.onAlarm) ?? settings.onAlarm;
  const [logicalId, onAlarm] = functionNamed(template, name);
  const never = (settings.never ?? []).map((key) => names.get(key) ?? key).filter((each) => each !== name);
  const others = [...names.values()].filter((each) => each !== name);
  if (others.length > MOST_FUNCTIONS_OF_ROLE) {
    throw new Error(
      `The role of ${settings.onAlarm} can name ${MOST_FUNCTIONS_OF_ROLE} functions, but the service has ${others.length} others: ` +
        'divide the service, or leave custom.lantern.tracing out.',
    );
  }
  const subject: SwitchSubject = {
    name,
    properties: onAlarm.Properties,
    switchable: others.filter((each) => !never.includes(each)),
    never,
    keys: keysOf(template, others),
    group: `${service.service}-${service.stage}-tracing`.slice(-64),
    roleDefaults: roleDefaultsOf(template),
  };
  const hasDefaultRole = isDefaultRole(onAlarm.Properties.Role);
  const tagged = tagNever(template, [name, ...never]);
  const traceable = allowTraces(tagged, subject.switchable);
  return {
    resources: {
      ...traceable.resources,
      [logicalId]: withSwitch(tagged[logicalId] ?? onAlarm, settings, hasDefaultRole),
      ...(hasDefaultRole && { [ROLE]: switchRole(subject, SCHEDULE_ROLE) }),
      [SCHEDULE_ROLE]: scheduleRole(subject),
      [SCHEDULE_GROUP]: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Name: subject.group } },
      ...subscription(logicalId, service, template),
      ...eventRule(logicalId, service, template),
    },
    warnings: [
      ...(hasDefaultRole
        ? []
        : [
            `${settings.onAlarm} has a role of its own, which has to allow what docs/tracing-on-demand.md lists: nothing is added to it.`,
          ]),
      ...timeoutWarning(settings.onAlarm, onAlarm.Properties.Timeout),
      ...traceable.warnings,
    ],
  };
}

function subscription(logicalId: string, service: TracingService, template: ResourceMap): ResourceMap {
  const { topic } = service;
  const endpoint = { 'Fn::GetAtt': [logicalId, 'Arn'] };
  return {
    [SUBSCRIPTION]: functionSubscription(topic, endpoint, alarmsOf(service, template)),
    [PERMISSION]: invokePermission(endpoint, 'sns.amazonaws.com', topic),
  };
}

/**
 * An alarm that others explain, or that only warns, tells no topic, and still says where to look: EventBridge hears of every change
 * of state, whatever the actions of an alarm are.
 */
function eventRule(logicalId: string, service: TracingService, template: ResourceMap): ResourceMap {
  const endpoint = { 'Fn::GetAtt': [logicalId, 'Arn'] };
  return {
    [RULE]: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Description: `Turns tracing on and off by the alarms of ${service.service} in the stage ${service.stage}`,
        EventPattern: {
          source: ['aws.cloudwatch'],
          'detail-type': ['CloudWatch Alarm State Change'],
          resources: alarmsOf(service, template),
          detail: { state: { value: ['ALARM', 'OK'] } },
        },
        Targets: [{ Id: 'switch', Arn: endpoint }],
      },
    },
    [`${RULE}Permission`]: invokePermission(endpoint, 'events.amazonaws.com', {
      'Fn::GetAtt': [RULE, 'Arn'],
    }),
  };
}

/** Of a topic or bus that others use too: alarms that are named after the service, and others that are in its template. */
function alarmsOf({ service, stage }: TracingService, template: ResourceMap): unknown[] {
  const arnOf = (name: string): Expression => ({
    'Fn::Sub': `arn:\${AWS::Partition}:cloudwatch:\${AWS::Region}:\${AWS::AccountId}:alarm:${name}`,
  });
  const prefix = `${service}-${stage}-`;
  const others = Object.values(template).flatMap(({ Type, Properties: { AlarmName: name } }) =>
    Type === 'AWS::CloudWatch::Alarm' && typeof name === 'string' && !name.startsWith(prefix) ? [name] : [],
  );
  return [{ prefix: arnOf(prefix) }, ...others.map(arnOf)];
}

function withSwitch(
  resource: CloudFormationResource,
  { longest }: TracingSettings,
  hasDefaultRole: boolean,
): CloudFormationResource {
  const { Environment: environment } = resource.Properties;
  const { Variables: variables } = (environment ?? {}) as { readonly Variables?: Properties };
  return withProperties(resource, {
    ...(hasDefaultRole && { Role: { 'Fn::GetAtt': [ROLE, 'Arn'] } }),
    Environment: {
      Variables: {
        ...variables,
        [VARIABLE.scheduleGroup]: { Ref: SCHEDULE_GROUP },
        [VARIABLE.scheduleRole]: { 'Fn::GetAtt': [SCHEDULE_ROLE, 'Arn'] },
        [VARIABLE.longest]: String(parseMinutes(longest) ?? LONGEST_MINUTES.default),
      },
    },
  });
}

/** Marks functions as never to be traced, by a tag that the switch and `serverless tracing` respect. */
export function tagNever(template: ResourceMap, names: readonly string[]): ResourceMap {
  const tagged = names.map((name) => {
    const [logicalId, resource] = functionNamed(template, name);
    const { Tags: tags } = resource.Properties as { readonly Tags?: readonly Properties[] };
    const others = (tags ?? []).filter(({ Key: key }) => key !== SETTING_TAG);
    return [logicalId, withProperties(resource, { Tags: [...others, { Key: SETTING_TAG, Value: NEVER }] })];
  });
  return { ...template, ...(Object.fromEntries(tagged) as ResourceMap) };
}

function keysOf(template: ResourceMap, names: readonly string[]): Expression[] {
  const keys = names.flatMap((name) => {
    const { KmsKeyArn: key } = functionNamed(template, name)[1].Properties as {
      readonly KmsKeyArn?: Expression;
    };
    return key === undefined ? [] : [[JSON.stringify(key), key] as const];
  });
  return [...new Map(keys).values()];
}

function timeoutWarning(key: string, timeout: unknown): string[] {
  return typeof timeout === 'number' && timeout < SHORT_TIMEOUT
    ? [
        `${key} has ${timeout} s, which may be too short to wait for a function that is being updated: give it a timeout of 60.`,
      ]
    : [];
}

/** In a role that may write traces already: a statement, or one of the managed policies of AWS. */
const MAY_TRACE = /xray:(PutTraceSegments|Put\*|\*)|XRayDaemonWriteAccess|XrayWriteOnlyAccess/i;

/**
 * Lambda refuses to trace a function whose role may not write traces; the framework allows it only where tracing is configured.
 * Lets the roles of these functions write traces, where the template has the roles.
 */
function allowTraces(template: ResourceMap, names: readonly string[]): TracedTemplate {
  let resources = template;
  const warnings: string[] = [];
  for (const functionName of names) {
    const [, { Properties: properties }] = functionNamed(template, functionName);
    const { Role: role } = properties;
    const logicalId = logicalIdIn(role);
    const resource = logicalId === undefined ? undefined : resources[logicalId];
    if (logicalId === undefined || resource?.Type !== 'AWS::IAM::Role') {
      warnings.push(
        `The role of ${functionName} is not in the template: it has to allow ${XRAY_STATEMENT.Action.join(' and ')}, or Lambda will refuse to trace the function.`,
      );
    } else if (!MAY_TRACE.test(JSON.stringify(resource.Properties))) {
      resources = { ...resources, [logicalId]: withPolicy(resource) };
    }
  }
  return { resources, warnings };
}

function withPolicy(role: CloudFormationResource): CloudFormationResource {
  const { Policies: policies } = role.Properties as { readonly Policies?: readonly unknown[] };
  const policy = {
    PolicyName: 'lantern-traces',
    PolicyDocument: { Version: '2012-10-17', Statement: [XRAY_STATEMENT] },
  };
  return withProperties(role, { Policies: [...(policies ?? []), policy] });
}
