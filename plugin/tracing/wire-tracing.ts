/**
 * Adds to the compiled template what tracing on demand needs: the function that alarms call gets its role, its subscription
 * and the schedules that end tracing; functions that are never to be traced get their tag; all others may be traced.
 */
import type { Expression, Properties } from '../../local/template/index.ts';
import { LONGEST_MINUTES } from '../tracing-switch/limits.ts';
import { NEVER, TAG, VARIABLE } from '../tracing-switch/names.ts';
import { parseMinutes } from './duration.ts';
import type { SwitchSubject } from './switch-role.ts';
import { scheduleRole, switchRole } from './switch-role.ts';
import type { ChangedTemplate, Resource, Resources } from './template.ts';
import { functionNamed, withProperties } from './template.ts';
import type { TracingSettings } from './tracing-settings.ts';
import { allowTraces } from './trace-permissions.ts';

export interface TracingService {
  readonly service: string;
  readonly stage: string;
  readonly settings: TracingSettings & { readonly onAlarm: string };
  /** The deployed names of the functions, by their keys in `serverless.yml`. */
  readonly names: ReadonlyMap<string, string>;
  /** The topic of the alarms. */
  readonly topic: Expression;
}

const ROLE = 'LanternTracingRole';
const SCHEDULE_ROLE = 'LanternTracingScheduleRole';
const SCHEDULE_GROUP = 'LanternTracingScheduleGroup';
const SUBSCRIPTION = 'LanternTracingSubscription';
const PERMISSION = 'LanternTracingPermission';

/** The role that the framework makes for functions that name none. */
const DEFAULT_ROLE = 'IamRoleLambdaExecution';

/** IAM takes 10,240 characters of policies within a role; the ARN of a function has up to 140. */
const MOST_FUNCTIONS = 70;

/** Seconds: an update in progress takes some, and so does waiting when Lambda throttles. */
const SHORT_TIMEOUT = 30;

/** Pure: nothing that is given is changed. @throws Error for a service that cannot have it. */
export function wireTracing(template: Resources, service: TracingService): ChangedTemplate {
  const { settings, names } = service;
  const name = names.get(settings.onAlarm) ?? settings.onAlarm;
  const [logicalId, onAlarm] = functionNamed(template, name);
  const never = (settings.never ?? []).map((key) => names.get(key) ?? key).filter((each) => each !== name);
  const others = [...names.values()].filter((each) => each !== name);
  if (others.length > MOST_FUNCTIONS) {
    throw new Error(
      `The role of ${settings.onAlarm} can name ${MOST_FUNCTIONS} functions, but the service has ${others.length} others: ` +
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
    roleDefaults: roleDefaults(template),
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
      ...subscription(logicalId, service.topic),
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

function subscription(logicalId: string, topic: Expression): Resources {
  const endpoint = { 'Fn::GetAtt': [logicalId, 'Arn'] };
  return {
    [SUBSCRIPTION]: {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: topic, Protocol: 'lambda', Endpoint: endpoint },
    },
    [PERMISSION]: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: endpoint,
        Principal: 'sns.amazonaws.com',
        SourceArn: topic,
      },
    },
  };
}

function withSwitch(resource: Resource, { longest }: TracingSettings, hasDefaultRole: boolean): Resource {
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
export function tagNever(template: Resources, names: readonly string[]): Resources {
  const tagged = names.map((name) => {
    const [logicalId, resource] = functionNamed(template, name);
    const { Tags: tags } = resource.Properties as { readonly Tags?: readonly Properties[] };
    const others = (tags ?? []).filter(({ Key: key }) => key !== TAG.setting);
    return [logicalId, withProperties(resource, { Tags: [...others, { Key: TAG.setting, Value: NEVER }] })];
  });
  return { ...template, ...(Object.fromEntries(tagged) as Resources) };
}

function keysOf(template: Resources, names: readonly string[]): Expression[] {
  const keys = names.flatMap((name) => {
    const { KmsKeyArn: key } = functionNamed(template, name)[1].Properties as {
      readonly KmsKeyArn?: Expression;
    };
    return key === undefined ? [] : [[JSON.stringify(key), key] as const];
  });
  return [...new Map(keys).values()];
}

function roleDefaults(template: Resources): Properties {
  const { Path, PermissionsBoundary } = template[DEFAULT_ROLE]?.Properties ?? {};
  return {
    ...(Path !== undefined && { Path }),
    ...(PermissionsBoundary !== undefined && { PermissionsBoundary }),
  };
}

function isDefaultRole(role: unknown): boolean {
  return JSON.stringify(role) === JSON.stringify({ 'Fn::GetAtt': [DEFAULT_ROLE, 'Arn'] });
}

function timeoutWarning(key: string, timeout: unknown): string[] {
  return typeof timeout === 'number' && timeout < SHORT_TIMEOUT
    ? [
        `${key} has ${timeout} s, which may be too short to wait for a function that is being updated: give it a timeout of 60.`,
      ]
    : [];
}
