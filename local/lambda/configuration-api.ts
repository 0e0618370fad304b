/** The operations of the Lambda API that read and change functions and their tags, as the AWS SDK and the AWS CLI call them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pathToFileURL } from 'node:url';
import { sendEmpty, sendJson } from '../http/answer.ts';
import { readJsonBody } from '../http/body.ts';
import { decodePercent, targetOf } from '../http/target.ts';
import type { JsonObject } from '../json.ts';
import { functionReference, invalidParameterValue } from './api-request.ts';
import { parseConfigurationChange } from './configuration-change.ts';
import type { FunctionConfiguration, FunctionConfigurations } from './function-configurations.ts';
import { MAX_CONFIGURATION_REQUEST, MAX_LISTED_FUNCTIONS } from './limits.ts';

interface Call {
  /** The name or ARN in the path, still encoded; empty for a list. */
  readonly resource: string;
  readonly query: URLSearchParams;
  /** The request's members; those that are null are not set. */
  readonly body: () => Promise<JsonObject>;
}

interface Operation {
  readonly name: string;
  readonly method: string;
  readonly path: RegExp;
  /** @returns the answer as JSON, or undefined for none. */
  readonly run: (
    functions: FunctionConfigurations,
    call: Call,
  ) => object | undefined | Promise<object | undefined>;
}

const operations: readonly Operation[] = [
  {
    name: 'ListFunctions',
    method: 'GET',
    path: /^\/2015-03-31\/functions\/?$/,
    run: (functions, { query }) => listed(functions.list(), query),
  },
  {
    name: 'GetFunction',
    method: 'GET',
    path: /^\/2015-03-31\/functions\/([^/]+)$/,
    run: (functions, { resource }) => {
      const found = functions.get(functionReference(resource).name);
      return {
        Configuration: described(found),
        Code: { RepositoryType: 'Local', Location: pathToFileURL(found.definition.codeDirectory).href },
        Tags: found.tags,
      };
    },
  },
  {
    name: 'GetFunctionConfiguration',
    method: 'GET',
    path: /^\/2015-03-31\/functions\/([^/]+)\/configuration$/,
    run: (functions, { resource }) => described(functions.get(functionReference(resource).name)),
  },
  {
    name: 'UpdateFunctionConfiguration',
    method: 'PUT',
    path: /^\/2015-03-31\/functions\/([^/]+)\/configuration$/,
    run: async (functions, { resource, body }) => {
      const { name, qualifier = '$LATEST' } = functionReference(resource);
      const { definition } = functions.get(name);
      if (qualifier !== '$LATEST') {
        const message = 'Current operation does not support versions other than $LATEST.';
        throw invalidParameterValue(message);
      }
      return described(functions.change(name, parseConfigurationChange(await body(), definition)));
    },
  },
  {
    name: 'ListTags',
    method: 'GET',
    path: /^\/2017-03-31\/tags\/([^/]+)$/,
    run: (functions, { resource }) => ({ Tags: functions.get(taggedFunction(resource)).tags }),
  },
  {
    name: 'TagResource',
    method: 'POST',
    path: /^\/2017-03-31\/tags\/([^/]+)$/,
    run: async (functions, { resource, body }) => {
      functions.tag(taggedFunction(resource), (await body()).Tags);
      return undefined;
    },
  },
  {
    name: 'UntagResource',
    method: 'DELETE',
    path: /^\/2017-03-31\/tags\/([^/]+)$/,
    run: (functions, { resource, query }) => {
      functions.untag(taggedFunction(resource), query.getAll('tagKeys'));
      return undefined;
    },
  },
];

export const CONFIGURATION_OPERATIONS: readonly string[] = operations.map(({ name }) => name);

/**
 * Answers a request when it is one of these operations.
 *
 * @returns false when it is another, which is left as it came.
 * @throws AwsApiError or RequestError when it is refused.
 */
export async function handleConfiguration(
  functions: FunctionConfigurations,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const url = targetOf(request);
  const operation = operations.find(
    ({ method, path }) => method === request.method && path.test(url.pathname),
  );
  if (operation === undefined) return false;
  const resource = operation.path.exec(url.pathname)?.[1] ?? '';
  const call = { resource, query: url.searchParams, body: () => membersOf(request) };
  const answer = await operation.run(functions, call);
  if (answer === undefined) sendEmpty(response, 204);
  else sendJson(response, 200, answer);
  return true;
}

/** A function as `FunctionConfiguration` of the API reference; what does not exist here (role, code digest) is left out. */
function described(configuration: FunctionConfiguration): object {
  const { definition, revisionId, lastUpdateStatus, lastModified } = configuration;
  return {
    FunctionName: definition.name,
    FunctionArn: definition.arn,
    Runtime: definition.runtime,
    Handler: definition.handler,
    Timeout: definition.timeout,
    MemorySize: definition.memorySize,
    LastModified: lastModified.toISOString().replace('Z', '+0000'),
    Version: '$LATEST',
    ...(Object.keys(definition.environment).length > 0 && {
      Environment: { Variables: definition.environment },
    }),
    ...(definition.layers !== undefined && { Layers: definition.layers.map(({ arn }) => ({ Arn: arn })) }),
    TracingConfig: { Mode: definition.tracingMode },
    RevisionId: revisionId,
    State: 'Active',
    LastUpdateStatus: lastUpdateStatus,
    PackageType: 'Zip',
    LoggingConfig: {
      LogFormat: definition.logFormat,
      ...(definition.logFormat === 'JSON' && {
        ApplicationLogLevel: definition.applicationLogLevel ?? 'INFO',
        SystemLogLevel: definition.systemLogLevel ?? 'INFO',
      }),
      LogGroup: definition.logGroup,
    },
  };
}

function listed(functions: readonly FunctionConfiguration[], query: URLSearchParams): object {
  const first = Number(query.get('Marker') ?? 0);
  const asked = Number(query.get('MaxItems') ?? MAX_LISTED_FUNCTIONS);
  if (!Number.isInteger(first) || first < 0 || !Number.isInteger(asked) || asked < 1) {
    const message = 'Marker is expected to be that of the answer before, and MaxItems a number from 1.';
    throw invalidParameterValue(message);
  }
  const end = first + Math.min(asked, MAX_LISTED_FUNCTIONS);
  return {
    Functions: functions.slice(first, end).map(described),
    ...(end < functions.length && { NextMarker: String(end) }),
  };
}

/** Tags belong to functions; in AWS also to mappings of event sources, which have none here. */
function taggedFunction(resource: string): string {
  const arn = decodePercent(resource);
  if (/^arn:[^:]+:lambda:[^:]+:[^:]+:function:[^:]+$/.test(arn)) return functionReference(arn).name;
  const message = `The resource is expected to be the ARN of a function without a version or alias, but is ${arn}.`;
  throw invalidParameterValue(message);
}

/** The API takes null for a member that is not set. */
async function membersOf(request: IncomingMessage): Promise<JsonObject> {
  const members = await readJsonBody(request, MAX_CONFIGURATION_REQUEST);
  return Object.fromEntries(Object.entries(members).filter(([, member]) => member !== null));
}
