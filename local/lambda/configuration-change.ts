/** Reads the body of UpdateFunctionConfiguration, with the checks and the errors of the Lambda API. */
import type { FunctionDefinition } from '../template/service.ts';
import { AwsApiError } from '../http/aws-error.ts';
import type { JsonObject } from '../json.ts';
import { invalidParameterValue } from './api-request.ts';
import {
  MANAGED_TIMEOUT_RANGE,
  MAX_ENVIRONMENT,
  MEMORY_RANGE,
  sizeOfEnvironment,
  TIMEOUT_RANGE,
} from './limits.ts';

export interface ConfigurationChange {
  readonly changed: Partial<
    Pick<FunctionDefinition, 'environment' | 'tracingMode' | 'timeout' | 'memorySize'>
  >;
  /** The configuration that the caller believes to change. */
  readonly revisionId?: string;
}

const READ = ['Environment', 'TracingConfig', 'Timeout', 'MemorySize', 'RevisionId'];

/** "Using Lambda environment variables": what Lambda sets itself cannot be configured. */
const RESERVED =
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_)?REGION|AWS_EXECUTION_ENV|AWS_LAMBDA_.*|AWS_ACCESS_KEY(_ID)?|AWS_SECRET_ACCESS_KEY|AWS_SESSION_TOKEN|LAMBDA_TASK_ROOT|LAMBDA_RUNTIME_DIR)$/;

/** @throws AwsApiError for what Lambda refuses of this function, and for members that cannot be changed here. */
export function parseConfigurationChange(
  input: JsonObject,
  { managedInstances }: Pick<FunctionDefinition, 'managedInstances'>,
): ConfigurationChange {
  const timeouts = managedInstances === true ? MANAGED_TIMEOUT_RANGE : TIMEOUT_RANGE;
  const others = Object.keys(input).filter((name) => !READ.includes(name));
  if (others.length > 0) {
    throw invalidParameterValue(
      `Lantern's UpdateFunctionConfiguration changes ${READ.slice(0, -1).join(', ')}, but not ${others.join(', ')}.`,
    );
  }
  const revisionId = optionalText(input.RevisionId, 'revisionId');
  return {
    changed: {
      ...(input.Environment !== undefined && { environment: readVariables(input.Environment) }),
      ...(input.TracingConfig !== undefined && { tracingMode: readMode(input.TracingConfig) }),
      ...(input.Timeout !== undefined && { timeout: readNumber(input.Timeout, 'timeout', timeouts) }),
      ...(input.MemorySize !== undefined && {
        memorySize: readNumber(input.MemorySize, 'memorySize', MEMORY_RANGE),
      }),
    },
    ...(revisionId !== undefined && { revisionId }),
  };
}

function readVariables(environment: unknown): Record<string, string> {
  const { Variables: variables = {} } = environment as { Variables?: unknown };
  if (typeof variables !== 'object' || variables === null || Array.isArray(variables))
    throw invalidMember(variables, 'environment.variables', 'Member must be a map of texts');
  for (const [name, value] of Object.entries(variables)) {
    if (!/^[a-zA-Z]\w+$/.test(name) && !RESERVED.test(name))
      throw invalidMember(
        name,
        'environment.variables',
        'Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]',
      );
    if (typeof value !== 'string')
      throw invalidMember(value, `environment.variables.${name}`, 'Member must be a text');
  }
  const texts = variables as Record<string, string>;
  const reserved = Object.keys(texts).filter((name) => RESERVED.test(name));
  if (reserved.length > 0) {
    throw invalidParameterValue(
      'Lambda was unable to configure your environment variables because the environment variables you have provided ' +
        `contains reserved keys that are currently not supported for modification. Reserved keys used in this request: ${reserved.join(', ')}`,
    );
  }
  const size = sizeOfEnvironment(texts);
  if (size > MAX_ENVIRONMENT) {
    throw invalidParameterValue(
      'Lambda was unable to configure your environment variables because the environment variables you have provided ' +
        `exceeded the 4KB limit: as JSON they have ${size} bytes.`,
    );
  }
  return { ...texts };
}

function readMode(config: unknown): 'Active' | 'PassThrough' {
  const { Mode: mode } = config as { Mode?: unknown };
  if (mode === 'Active' || mode === 'PassThrough') return mode;
  throw invalidMember(
    mode,
    'tracingConfig.mode',
    'Member must satisfy enum value set: [Active, PassThrough]',
  );
}

function readNumber(value: unknown, member: string, range: { least: number; most: number }): number {
  if (Number.isInteger(value) && Number(value) >= range.least && Number(value) <= range.most)
    return Number(value);
  throw invalidMember(value, member, `Member must be a whole number from ${range.least} to ${range.most}`);
}

function optionalText(value: unknown, member: string): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return value;
  throw invalidMember(value, member, 'Member must be a text');
}

function invalidMember(value: unknown, member: string, constraint: string): AwsApiError {
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  return new AwsApiError(
    400,
    'ValidationException',
    `1 validation error detected: Value '${shown}' at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}
