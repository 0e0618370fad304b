import { functionIdOf } from './function-reference.ts';
import type { TemplateResource } from './template.ts';
import { asList, asObject, numberOr } from './template.ts';

/** How a function is invoked asynchronously. */
export interface AsyncInvocation {
  /** Seconds; absent where the template leaves it to Lambda. */
  readonly maximumEventAge?: number;
  readonly hasDestination: boolean;
}

/**
 * The services that invoke a function without waiting for its answer, as the Lambda Developer Guide has it under "Invoking
 * Lambda with events from other AWS services".
 */
const ASYNC_PRINCIPALS: ReadonlySet<unknown> = new Set([
  'cloudformation.amazonaws.com',
  'codecommit.amazonaws.com',
  'codepipeline.amazonaws.com',
  'config.amazonaws.com',
  'events.amazonaws.com',
  'iotevents.amazonaws.com',
  'lambda.alarms.cloudwatch.amazonaws.com',
  's3.amazonaws.com',
  'scheduler.amazonaws.com',
  'ses.amazonaws.com',
  'sns.amazonaws.com',
]);

/** The functions that something invokes asynchronously, by logical id. */
export function readAsyncSources(
  resources: readonly TemplateResource[],
): ReadonlyMap<string, AsyncInvocation> {
  const found = new Map<string, AsyncInvocation>();
  for (const { type, properties } of resources) {
    for (const target of targetsOf(type, properties)) {
      const id = functionIdOf(target, resources);
      if (id === undefined) continue;
      const before = found.get(id) ?? { hasDestination: false };
      found.set(id, type === 'AWS::Lambda::EventInvokeConfig' ? configured(properties, before) : before);
    }
  }
  return found;
}

function targetsOf(type: string, properties: Readonly<Record<string, unknown>>): readonly unknown[] {
  if (type === 'AWS::Lambda::EventInvokeConfig') return [properties.FunctionName];
  if (type === 'AWS::Scheduler::Schedule') return [asObject(properties.Target).Arn];
  if (type === 'AWS::Lambda::Permission' && ASYNC_PRINCIPALS.has(principalOf(properties.Principal))) {
    return [properties.FunctionName];
  }
  // IoT also asks functions and waits, before it registers a device: only its rules tell.
  if (type === 'AWS::IoT::TopicRule') {
    return asList(asObject(properties.TopicRulePayload).Actions).map(
      (action) => asObject(asObject(action).Lambda).FunctionArn,
    );
  }
  // CloudWatch Logs names the region in its principal, in an expression; that it is subscribed says the same.
  if (type === 'AWS::Logs::SubscriptionFilter') return [properties.DestinationArn];
  return [];
}

/** China has service names of its own; the framework writes them as `sns.${AWS::URLSuffix}`. */
function principalOf(principal: unknown): unknown {
  const expression = asObject(principal);
  const name = expression['Fn::Sub'] ?? asList(asList(expression['Fn::Join'])[1])[0] ?? principal;
  if (typeof name !== 'string') return undefined;
  return name.replace(/\.(\$\{AWS::URLSuffix\})?$/, '.amazonaws.com');
}

function configured(properties: Readonly<Record<string, unknown>>, before: AsyncInvocation): AsyncInvocation {
  const maximumEventAge = numberOr(properties.MaximumEventAgeInSeconds, before.maximumEventAge);
  return {
    ...(maximumEventAge !== undefined && { maximumEventAge }),
    hasDestination: before.hasDestination || Object.keys(asObject(properties.DestinationConfig)).length > 0,
  };
}
