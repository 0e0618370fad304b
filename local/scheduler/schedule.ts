import { targetKind } from '../events/targets.ts';
import { NAME } from './limits.ts';
import type { Timing } from './schedule-expression.ts';
import { parseScheduleExpression, ScheduleExpressionError } from './schedule-expression.ts';
import { AwsApiError } from '../http/aws-error.ts';

/** A schedule as CreateSchedule takes it, checked. */
export interface ScheduleRequest {
  readonly name: string;
  readonly group: string;
  readonly expression: string;
  readonly timezone: string;
  readonly timing: Timing;
  /** Nothing runs before, epoch milliseconds. */
  readonly start?: number;
  /** Nothing runs after, epoch milliseconds. */
  readonly end?: number;
  readonly enabled: boolean;
  /** Whether a schedule that runs no more is deleted. */
  readonly deleteAfterCompletion: boolean;
  readonly targetArn: string;
  /** What the target gets; Scheduler's own event where there is none. */
  readonly input?: string;
  /** Of a FIFO queue. */
  readonly groupId?: string;
  /** Of a target that is an event bus. */
  readonly event?: { readonly source: string; readonly detailType: string };
  /** Where an event goes that its target did not take: the ARN of a queue. */
  readonly deadLetterArn?: string;
  /** As they came, for GetSchedule. */
  readonly target: Readonly<Record<string, unknown>>;
  readonly flexibleTimeWindow: Readonly<Record<string, unknown>>;
  readonly description?: string;
}

type Members = Readonly<Record<string, unknown>>;

/**
 * Reads the body of CreateSchedule and UpdateSchedule, which the properties of `AWS::Scheduler::Schedule` are as well.
 *
 * @throws AwsApiError that names the member and what it is expected to be.
 */
export function parseScheduleRequest(name: string, body: Members): ScheduleRequest {
  if (!NAME.test(name))
    throw invalid(`Name is expected to have 1 to 64 letters, digits, - _ or ., but is ${name}.`);
  const expression = text(body, 'ScheduleExpression');
  const timezone = optionalText(body, 'ScheduleExpressionTimezone') ?? 'UTC';
  const target = object(body, 'Target');
  const flexibleTimeWindow = object(body, 'FlexibleTimeWindow');
  const mode = text(flexibleTimeWindow, 'Mode');
  if (mode !== 'OFF' && mode !== 'FLEXIBLE')
    throw invalid(`FlexibleTimeWindow.Mode is expected to be OFF or FLEXIBLE, but is ${mode}.`);
  const description = optionalText(body, 'Description');
  const start = optionalMoment(body, 'StartDate');
  const end = optionalMoment(body, 'EndDate');
  return {
    name,
    group: optionalText(body, 'GroupName') ?? 'default',
    expression,
    timezone,
    timing: timingOf(expression, timezone),
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
    enabled: optionalText(body, 'State') !== 'DISABLED',
    deleteAfterCompletion: optionalText(body, 'ActionAfterCompletion') === 'DELETE',
    ...readTarget(target),
    target,
    flexibleTimeWindow,
    ...(description !== undefined && { description }),
  };
}

function timingOf(expression: string, timezone: string): Timing {
  try {
    return parseScheduleExpression(expression, timezone);
  } catch (cause) {
    throw cause instanceof ScheduleExpressionError ? invalid(cause.message, cause) : cause;
  }
}

function readTarget(
  target: Members,
): Pick<ScheduleRequest, 'targetArn' | 'input' | 'groupId' | 'event' | 'deadLetterArn'> {
  const targetArn = text(target, 'Arn');
  text(target, 'RoleArn');
  const kind = targetKind(targetArn);
  if (kind === undefined)
    throw invalid(
      `Lantern's scheduler reaches functions, queues, topics and event buses: Target.Arn is expected to be the ARN of one, but is ${targetArn}.`,
    );
  const input = optionalText(target, 'Input');
  if (input !== undefined && kind !== 'queue' && kind !== 'topic') checkJson(input);
  const groupId = optionalText(optionalObject(target, 'SqsParameters'), 'MessageGroupId');
  const deadLetterArn = optionalText(optionalObject(target, 'DeadLetterConfig'), 'Arn');
  const event = kind === 'bus' ? object(target, 'EventBridgeParameters') : undefined;
  return {
    targetArn,
    ...(input !== undefined && { input }),
    ...(groupId !== undefined && { groupId }),
    ...(deadLetterArn !== undefined && { deadLetterArn }),
    ...(event !== undefined && {
      event: { source: text(event, 'Source'), detailType: text(event, 'DetailType') },
    }),
  };
}

/** What EventBridge Scheduler answers to a request that it does not take. */
export function invalid(message: string, cause?: unknown): AwsApiError {
  return new AwsApiError(400, 'ValidationException', message, { cause });
}

function text(body: Members, member: string): string {
  return optionalText(body, member) ?? refuse(member, 'a text', undefined);
}

function optionalText(body: Members, member: string): string | undefined {
  const value = body[member];
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' && value !== '' ? value : refuse(member, 'a text', value);
}

/** Seconds since 1970 from the API, a date in words from a template. */
function optionalMoment(body: Members, member: string): number | undefined {
  const value = body[member];
  if (value === undefined || value === null) return undefined;
  const moment =
    typeof value === 'number' ? value * 1000 : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(moment) ? refuse(member, 'a date', value) : moment;
}

function optionalObject(body: Members, member: string): Members {
  return body[member] === undefined || body[member] === null ? {} : object(body, member);
}

function object(body: Members, member: string): Members {
  const value = body[member];
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : refuse(member, 'an object', value);
}

function checkJson(input: string): void {
  try {
    JSON.parse(input);
  } catch {
    refuse('Target.Input', 'JSON', input);
  }
}

function refuse(member: string, expected: string, value: unknown): never {
  const came = value === undefined ? 'missing' : JSON.stringify(value);
  throw invalid(`${member} is expected to be ${expected}, but is ${came}.`);
}
