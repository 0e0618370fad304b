import { NAME } from './limits.ts';
import type { Timing } from './schedule-expression.ts';
import { invalid, parseScheduleExpression } from './schedule-expression.ts';

/** A schedule as CreateSchedule takes it, checked. */
export interface ScheduleRequest {
  readonly name: string;
  readonly group: string;
  readonly expression: string;
  readonly timing: Timing;
  readonly enabled: boolean;
  /** Whether a schedule that runs no more is deleted. */
  readonly deleteAfterCompletion: boolean;
  /** The deployed name of the function that it calls. */
  readonly functionName: string;
  /** JSON for the function; Scheduler's own event where there is none. */
  readonly input?: string;
  /** As they came, for GetSchedule. */
  readonly target: Readonly<Record<string, unknown>>;
  readonly flexibleTimeWindow: Readonly<Record<string, unknown>>;
  readonly description?: string;
}

const FUNCTION_ARN = /^arn:[^:]+:lambda:[^:]+:\d+:function:([^:]+)(?::[^:]+)?$/;

/**
 * Reads the body of CreateSchedule and UpdateSchedule.
 *
 * @throws AwsApiError that names the member and what it is expected to be.
 */
export function parseScheduleRequest(name: string, body: Readonly<Record<string, unknown>>): ScheduleRequest {
  if (!NAME.test(name))
    throw invalid(`Name is expected to have 1 to 64 letters, digits, - _ or ., but is ${name}.`);
  const expression = text(body, 'ScheduleExpression');
  const target = object(body, 'Target');
  const flexibleTimeWindow = object(body, 'FlexibleTimeWindow');
  const arn = text(target, 'Arn');
  text(target, 'RoleArn');
  const functionName = FUNCTION_ARN.exec(arn)?.[1];
  if (functionName === undefined)
    throw invalid(
      `Lantern's scheduler calls functions only: Target.Arn is expected to be the ARN of one, but is ${arn}.`,
    );
  const mode = text(flexibleTimeWindow, 'Mode');
  if (mode !== 'OFF' && mode !== 'FLEXIBLE')
    throw invalid(`FlexibleTimeWindow.Mode is expected to be OFF or FLEXIBLE, but is ${mode}.`);
  const input = optionalText(target, 'Input');
  const description = optionalText(body, 'Description');
  return {
    name,
    group: optionalText(body, 'GroupName') ?? 'default',
    expression,
    timing: parseScheduleExpression(expression, optionalText(body, 'ScheduleExpressionTimezone')),
    enabled: optionalText(body, 'State') !== 'DISABLED',
    deleteAfterCompletion: optionalText(body, 'ActionAfterCompletion') === 'DELETE',
    functionName,
    ...(input !== undefined && { input: checkedJson(input) }),
    target,
    flexibleTimeWindow,
    ...(description !== undefined && { description }),
  };
}

function text(body: Readonly<Record<string, unknown>>, member: string): string {
  return optionalText(body, member) ?? refuse(member, 'a text', undefined);
}

function optionalText(body: Readonly<Record<string, unknown>>, member: string): string | undefined {
  const value = body[member];
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' && value !== '' ? value : refuse(member, 'a text', value);
}

function object(body: Readonly<Record<string, unknown>>, member: string): Readonly<Record<string, unknown>> {
  const value = body[member];
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : refuse(member, 'an object', value);
}

function checkedJson(input: string): string {
  try {
    JSON.parse(input);
    return input;
  } catch {
    return refuse('Target.Input', 'JSON', input);
  }
}

function refuse(member: string, expected: string, value: unknown): never {
  const came = value === undefined ? 'missing' : JSON.stringify(value);
  throw invalid(`${member} is expected to be ${expected}, but is ${came}.`);
}
