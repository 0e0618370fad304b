/** EventBridge's API on a port of 127.0.0.1, as `@aws-sdk/client-eventbridge` and the AWS CLI call it: JSON in, JSON out. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import { AwsApiError, sendAwsError, toAwsApiError, validationException } from '../http/aws-error.ts';
import { readJsonBody } from '../http/body.ts';
import { createGuardedServer, POLICIES } from '../http/guard.ts';
import type { PortOptions } from '../http/loopback.ts';
import { close, listen } from '../http/loopback.ts';
import type { JsonObject } from '../json.ts';
import { asText, isObject, parseObject, stringsIn } from '../json.ts';
import type { RuleDefinition } from '../template/service.ts';
import type { EventBridge } from './event-bridge.ts';
import { EventPatternError, parseEventPattern } from './event-pattern.ts';

export interface EventBridgeApiOptions extends PortOptions {
  readonly eventBridge: EventBridge;
  readonly region: string;
  readonly accountId: string;
}

/** Entries of one PutEvents, and bytes of all of them ("Sending events with PutEvents", "Calculating PutEvents event entry size"). */
const MAX_ENTRIES = 10;
const MAX_ENTRIES_SIZE = 262_144;

/** Bytes of a request: what JSON may make of the entries. */
const MAX_REQUEST = 4 * MAX_ENTRIES_SIZE;

const ERROR_TYPES = {
  tooLarge: 'ValidationException',
  malformed: 'SerializationException',
  fault: 'InternalException',
};

interface Call {
  readonly input: JsonObject;
  /** `X-Amzn-Trace-Id` of the request. */
  readonly traceHeader: string | undefined;
  readonly options: EventBridgeApiOptions;
}

const OPERATIONS = new Map<string, (call: Call) => object>([
  ['PutEvents', putEvents],
  ['TestEventPattern', testEventPattern],
  ['ListEventBuses', listEventBuses],
  ['DescribeEventBus', describeEventBus],
  ['ListRules', listRules],
  ['DescribeRule', (call) => describedRule(foundRule(call))],
  ['ListTargetsByRule', listTargets],
  ['EnableRule', (call) => enableRule(call, true)],
  ['DisableRule', (call) => enableRule(call, false)],
]);

export class EventBridgeApi {
  readonly #options: EventBridgeApiOptions;
  readonly #server: Server;

  constructor(options: EventBridgeApiOptions) {
    this.#options = options;
    this.#server = createGuardedServer({
      policy: POLICIES.awsApi,
      handle: async (request, response) => {
        const body = JSON.stringify(await this.#answer(request));
        response.writeHead(200, {
          'Content-Type': 'application/x-amz-json-1.1',
          'x-amzn-RequestId': randomUUID(),
        });
        response.end(body);
      },
      fail: (error, response) => sendAwsError(response, toAwsApiError(error, ERROR_TYPES)),
    });
  }

  /**
   * Listens, and runs the rules that have a schedule.
   *
   * @returns the endpoint, and what of the rules does not run here.
   * @throws Error that names the port, when it is taken.
   */
  async start(): Promise<{ readonly url: string; readonly warnings: readonly string[] }> {
    const port = await listen(this.#server, 'EventBridge', this.#options);
    return { url: `http://127.0.0.1:${port}`, warnings: this.#options.eventBridge.start() };
  }

  async stop(): Promise<void> {
    await close(this.#server);
    await this.#options.eventBridge.stop();
  }

  async #answer(request: IncomingMessage): Promise<object> {
    const target = request.headers['x-amz-target'];
    const name = typeof target === 'string' ? target.replace(/^AWSEvents\./, '') : '';
    const operation = request.method === 'POST' ? OPERATIONS.get(name) : undefined;
    if (operation === undefined) {
      const known = [...OPERATIONS.keys()].join(', ');
      const what = name === '' ? `${request.method ?? ''} ${request.url ?? ''}` : name;
      throw new AwsApiError(
        404,
        'UnknownOperationException',
        `Lantern's EventBridge has no ${what}, only ${known}. Buses and rules are those of the template.`,
      );
    }
    const input = await readJsonBody(request, MAX_REQUEST);
    const sent = request.headers['x-amzn-trace-id'];
    const traceHeader = typeof sent === 'string' && sent !== '' ? sent : undefined;
    return operation({ input, traceHeader, options: this.#options });
  }
}

function putEvents({ input, traceHeader, options }: Call): object {
  const entries: readonly unknown[] = Array.isArray(input.Entries) ? input.Entries : [];
  if (entries.length === 0 || entries.length > MAX_ENTRIES) {
    const bound =
      entries.length === 0 ? 'greater than or equal to 1' : `less than or equal to ${MAX_ENTRIES}`;
    throw validationException(
      `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length ${bound}`,
    );
  }
  const objects = entries.map((entry) => (isObject(entry) ? entry : {}));
  const size = objects.reduce((sum, entry) => sum + sizeOf(entry), 0);
  if (size > MAX_ENTRIES_SIZE)
    throw validationException('Total size of the entries in the request is over the limit.');
  const results = objects.map((entry) => putEntry(entry, traceHeader, options));
  return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
}

function putEntry(
  entry: JsonObject,
  requestHeader: string | undefined,
  { eventBridge, region, accountId }: EventBridgeApiOptions,
): object {
  const refused = refusalOf(entry);
  if (refused !== undefined) return refused;
  const id = randomUUID();
  const time = typeof entry.Time === 'number' ? new Date(entry.Time * 1000) : new Date();
  const event = {
    version: '0',
    id,
    'detail-type': entry.DetailType,
    source: entry.Source,
    account: accountId,
    time: time.toISOString().replace(/\.\d+Z$/, 'Z'),
    region,
    resources: stringsIn(entry.Resources),
    detail: parseObject(String(entry.Detail)),
  };
  eventBridge.put(busNameOf(entry.EventBusName), event, asText(entry.TraceHeader) ?? requestHeader);
  return { EventId: id };
}

/** What EventBridge answers for an entry that it does not take; the others of the request are taken all the same. */
function refusalOf(
  entry: JsonObject,
): { readonly ErrorCode: string; readonly ErrorMessage: string } | undefined {
  for (const member of ['Source', 'DetailType', 'Detail']) {
    if (typeof entry[member] === 'string' && entry[member] !== '') continue;
    const ErrorMessage = `Parameter ${member} is not valid. Reason: ${member} is a required argument.`;
    return { ErrorCode: 'InvalidArgument', ErrorMessage };
  }
  if (parseObject(String(entry.Detail)) === undefined) {
    return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  }
  if (String(entry.Source).startsWith('aws.')) {
    const ErrorMessage = 'Not authorized for the source.';
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage };
  }
  if (typeof entry.Time === 'number' && Number.isNaN(new Date(entry.Time * 1000).getTime())) {
    return { ErrorCode: 'InvalidArgument', ErrorMessage: 'Parameter Time is not valid.' };
  }
  return undefined;
}

/** In bytes, as the page says it is calculated. */
function sizeOf({ Time, Source, DetailType, Detail, Resources }: JsonObject): number {
  const bytes = (text: unknown): number => (typeof text === 'string' ? Buffer.byteLength(text) : 0);
  const resources = stringsIn(Resources).reduce((sum, resource) => sum + bytes(resource), 0);
  return (Time === undefined ? 0 : 14) + bytes(Source) + bytes(DetailType) + bytes(Detail) + resources;
}

/** A name, or an ARN that ends in it; `default` where none is given. */
function busNameOf(given: unknown): string {
  return (asText(given) ?? 'default').replace(/^.*:event-bus\//, '');
}

function testEventPattern({ input }: Call): object {
  const event = parseObject(asText(input.Event) ?? '');
  if (event === undefined) throw validationException('Parameter Event is not valid.');
  try {
    const pattern: unknown = JSON.parse(asText(input.EventPattern) ?? '');
    return { Result: parseEventPattern(pattern)(event) };
  } catch (error) {
    if (!(error instanceof EventPatternError) && !(error instanceof SyntaxError)) throw error;
    throw new AwsApiError(
      400,
      'InvalidEventPatternException',
      `Event pattern is not valid. Reason: ${error.message}`,
      { cause: error },
    );
  }
}

function listEventBuses({ input, options }: Call): object {
  const prefix = asText(input.NamePrefix) ?? '';
  const buses = options.eventBridge.buses().filter(({ name }) => name.startsWith(prefix));
  return { EventBuses: buses.map(({ name, arn }) => ({ Name: name, Arn: arn })) };
}

function describeEventBus({ input, options }: Call): object {
  const wanted = busNameOf(input.Name);
  const bus = options.eventBridge.buses().find(({ name }) => name === wanted);
  if (bus === undefined) throw missing(`Event bus ${wanted} does not exist.`);
  return { Name: bus.name, Arn: bus.arn };
}

function listRules({ input, options }: Call): object {
  const bus = busNameOf(input.EventBusName);
  const prefix = asText(input.NamePrefix) ?? '';
  const rules = options.eventBridge
    .rules()
    .filter(({ name, busName }) => busName === bus && name.startsWith(prefix));
  return { Rules: rules.map(describedRule) };
}

function describedRule({ name, arn, busName, enabled, pattern, schedule }: RuleDefinition): object {
  return {
    Name: name,
    Arn: arn,
    EventBusName: busName,
    State: enabled ? 'ENABLED' : 'DISABLED',
    ...(pattern !== undefined && { EventPattern: JSON.stringify(pattern) }),
    ...(schedule !== undefined && { ScheduleExpression: schedule }),
  };
}

function listTargets(call: Call): object {
  const { targets } = foundRule({ ...call, input: { ...call.input, Name: call.input.Rule } });
  return {
    Targets: targets.map(({ id, arn, input, inputPath, inputTransformer }) => ({
      Id: id,
      Arn: arn,
      ...(input !== undefined && { Input: input }),
      ...(inputPath !== undefined && { InputPath: inputPath }),
      ...(inputTransformer !== undefined && {
        InputTransformer: { InputPathsMap: inputTransformer.paths, InputTemplate: inputTransformer.template },
      }),
    })),
  };
}

function enableRule(call: Call, enabled: boolean): object {
  const { busName, name } = foundRule(call);
  call.options.eventBridge.enable(busName, name, enabled);
  return {};
}

function foundRule({ input, options }: Call): RuleDefinition {
  const bus = busNameOf(input.EventBusName);
  const wanted = asText(input.Name) ?? '';
  const rule = options.eventBridge.rules().find(({ name, busName }) => busName === bus && name === wanted);
  if (rule === undefined) throw missing(`Rule ${wanted} does not exist on EventBus ${bus}.`);
  return rule;
}

function missing(message: string): AwsApiError {
  return new AwsApiError(400, 'ResourceNotFoundException', message);
}
