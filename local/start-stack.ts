import { ApiGateway } from './api-gateway/api-gateway.ts';
import { banner } from './banner.ts';
import { combine } from './joining/combine.ts';
import { commandsToTry } from './commands-to-try.ts';
import { AwsEndpoints } from './aws/aws-endpoints.ts';
import { AwsFront } from './aws/aws-front.ts';
import { prepareElsewhere } from './aws/prepare-elsewhere.ts';
import { CloudWatch } from './cloudwatch/cloudwatch.ts';
import type { RecentChange } from './cloudwatch/message/compose-message.ts';
import { measureFunctionUrl } from './cloudwatch/sources/api-metrics.ts';
import { BucketServer } from './buckets/bucket-server.ts';
import { Notifications } from './buckets/notifications.ts';
import { ConsoleServer, builtConsole } from './console-server/console-server.ts';
import { SourceLines } from './console-server/source-lines.ts';
import { EventBridgeApi } from './events/event-bridge-api.ts';
import { EventBridge } from './events/event-bridge.ts';
import { Targets } from './events/targets.ts';
import { AsyncInvocations } from './lambda/async-invocations.ts';
import { Destinations } from './lambda/destinations.ts';
import type { AwsCredentials } from './lambda/environment-variables.ts';
import { LambdaApi } from './lambda/lambda-api.ts';
import type { Transition } from './cloudwatch/actions/transition.ts';
import { KeptEvents } from './lambda/kept-events.ts';
import { LambdaService } from './lambda/lambda-service.ts';
import { stopLoops } from './lambda/recursion.ts';
import { LogStore } from './logs/log-store.ts';
import { MessagingServer } from './messaging/messaging-server.ts';
import { QueuePoller } from './messaging/queue-poller.ts';
import type { LocalPorts } from './ports.ts';
import { DAEMON_PORT_ADVICE, OTLP_PORT_ADVICE, PORT_ADVICE } from './ports.ts';
import { SchedulerApi } from './scheduler/scheduler-api.ts';
import type { Times } from './scheduler/timetable.ts';
import { lastNameIn } from './template/arns.ts';
import type {
  ApiDefinition,
  EventSourceMappingDefinition,
  FunctionDefinition,
  ServiceDefinition,
  StreamMappingDefinition,
} from './template/service.ts';
import { localApiUrls } from './template/apis/api-urls.ts';
import { StreamPoller } from './tables/stream-poller.ts';
import { TableServer } from './tables/table-server.ts';
import { LocalXRay } from './start-xray.ts';
import type { Terminal } from './terminal.ts';
import type { ScheduleEntry, ServiceInfo } from './console-contract.ts';
import { scheduleId } from './console-contract.ts';
import type { ConsoleServerOptions } from './console-server/console-server.ts';
import type { ScheduleRunner } from './console-server/serve-api.ts';
import type { SegmentDocument } from './xray/document.ts';
import type { TraceStore } from './xray/trace-store.ts';

export interface StackOptions {
  readonly service: ServiceDefinition;
  readonly ports: LocalPorts;
  /** Real milliseconds that a minute of CloudWatch lasts. */
  readonly minuteMs: number;
  /** Commands to show; `{api}` stands for the address of the first API. */
  readonly tryThis: readonly string[];
  /**
   * Whether functions stand still between invocations.
   *
   * @default true, as in Lambda
   */
  readonly freeze?: boolean;
  /**
   * Whether the APIs give functions the names of headers in lower case, as they arrive over HTTP/2.
   *
   * @default false
   */
  readonly lowerCaseHeaders?: boolean;
  /** The file that traces are kept in; see `tracesFile`. Without it they are kept in memory. */
  readonly tracesFile?: string | undefined;
  /** Where the sources of the functions lie, to be shown beside errors. */
  readonly serviceDirectory?: string | undefined;
  /**
   * What is to serve calls to AWS instead of what is here.
   *
   * @default nothing
   */
  readonly endpoints?: AwsEndpoints | undefined;
  /** Of the developer, for calls that go to AWS itself. */
  readonly credentials?: AwsCredentials | undefined;
  readonly terminal: Terminal;
  /** Answers other services that want to run here, too: see `ConsoleServerOptions`. */
  readonly joining?: ConsoleServerOptions['joining'];
}

/** What was changed, for the messages of alarms: these look back an hour. */
const MAX_CHANGES = 100;

/** One of the services of a stack. */
export interface StackService {
  readonly definition: ServiceDefinition;
  /** Of each of its APIs, by its place in the service; function URLs come after APIs. */
  readonly apiPort: (index: number) => number;
  /** Shows what its functions write, and what happens to it. */
  readonly terminal: Terminal;
  /** Commands to show, with addresses filled in. */
  readonly tryThis: readonly string[];
  readonly lowerCaseHeaders?: boolean | undefined;
  /** Where its sources lie. */
  readonly directory?: string | undefined;
}

/** Services that run together, the first of which began it. */
export interface Stack {
  readonly traces: TraceStore;
  /** As it was started. */
  readonly first: StackService;
  /**
   * Runs these services and no others. What is the same as before goes on, with its processes, items and messages.
   *
   * @returns what of the new ones has no effect here, in sentences.
   * @throws Error for people when something of them cannot run; to go back to those of before is up to the caller.
   */
  update(services: readonly [StackService, ...(readonly StackService[])]): Promise<readonly string[]>;
  /**
   * Gives functions other code: invocations under way end with theirs, the next ones begin with the new.
   *
   * @param codeDirectories by deployed name.
   * @returns resolves when no process runs the code of before.
   */
  updateCode(codeDirectories: ReadonlyMap<string, string>): Promise<void>;
  /** Ends every child process and frees every port. */
  stop(): Promise<void>;
}

/**
 * Starts every part of a service and says what runs where. Parts know each other by contract only (functions to invoke,
 * documents to keep, lines to show); this is where they meet.
 *
 * @throws Error for people when a part cannot start; what had started is stopped again.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const {
    service,
    ports,
    minuteMs,
    tryThis,
    freeze = true,
    lowerCaseHeaders = false,
    tracesFile,
    serviceDirectory,
    terminal,
  } = options;
  const stops: Array<() => Promise<unknown>> = [];
  const stop = async (): Promise<void> => {
    for (const stopPart of stops.splice(0).reverse()) await stopPart();
  };
  /** Starts a part and remembers to stop it, whatever happens to the ones after it. */
  const start = async <T>(part: { start(): T; stop(): Promise<unknown> }): Promise<Awaited<T>> => {
    stops.push(() => part.stop());
    return await part.start();
  };
  const { region, accountId } = service;
  const first: StackService = {
    definition: service,
    apiPort: (index) => ports.api(index),
    terminal,
    tryThis: commandsToTry(service, ports, tryThis),
    lowerCaseHeaders,
    directory: serviceDirectory,
  };
  let services: readonly [StackService, ...(readonly StackService[])] = [first];
  /** All of them as one. */
  let all = service;
  const terminalOf = (functionName: string): Terminal =>
    services.find(({ definition }) => definition.functions.some(({ name }) => name === functionName))
      ?.terminal ?? terminal;
  const messagingUrl = `http://127.0.0.1:${ports.messaging}`;
  const endpoints = (options.endpoints ?? new AwsEndpoints({})).over({
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${ports.tables}`,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: `http://127.0.0.1:${ports.tables}`,
    AWS_ENDPOINT_URL_SNS: messagingUrl,
    AWS_ENDPOINT_URL_SQS: messagingUrl,
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${ports.buckets}`,
    AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${ports.lambda}`,
    AWS_ENDPOINT_URL_EVENTBRIDGE: `http://127.0.0.1:${ports.events}`,
    AWS_ENDPOINT_URL_SCHEDULER: `http://127.0.0.1:${ports.scheduler}`,
    AWS_ENDPOINT_URL_XRAY: `http://127.0.0.1:${ports.console}`,
    AWS_ENDPOINT_URL_CLOUDWATCH: `http://127.0.0.1:${ports.console}`,
  });
  /** Where queues and topics are: those that functions reach. */
  const queuesUrl = endpoints.chosen('sqs') ?? messagingUrl;
  const topicsUrl = endpoints.chosen('sns') ?? messagingUrl;
  const notify = (message: string, cause: unknown): void =>
    terminal.notice(`${message}: ${cause instanceof Error ? cause.message : String(cause)}`);

  try {
    const xray = new LocalXRay({
      region,
      accountId,
      file: tracesFile,
      onNotice: (text) => terminal.notice(text),
    });
    const { store: traces } = xray;
    stops.push(() => {
      traces.close();
      return Promise.resolve();
    });
    const daemon = await start(xray.daemon({ port: ports.daemon, howToChoosePort: DAEMON_PORT_ADVICE }));
    const otlpUrl = await start(xray.otlp({ otlpPort: ports.otlp, howToChoosePort: OTLP_PORT_ADVICE }));
    const tableServer = new TableServer({
      tables: service.tables,
      region,
      port: ports.tables,
      howToChoosePort: PORT_ADVICE,
    });
    const tables = await start(tableServer);

    const logs = new LogStore();
    const changes: RecentChange[] = [{ at: Date.now(), what: 'the service was started' }];
    const changed = (what: string): void => {
      changes.push({ at: Date.now(), what });
      if (changes.length > MAX_CHANGES) changes.shift();
    };
    const front = await start(
      new AwsFront({
        endpoints,
        localUrls: (text) => services.reduce((text, each) => localUrlsOf(each)(text), text),
        onRefused: (message) => terminal.notice(message),
      }),
    );
    const cloudWatch: CloudWatch = new CloudWatch({
      service,
      minuteMs,
      onProblem: (message) => terminal.notice(message),
      onTransitions: (transitions) => tellTransitions(transitions, services),
      onMessage: (message) => terminal.message(message),
      changes: () => changes,
      invoke: (request) => invoke(request),
      snsEndpoint: topicsUrl,
      putEvent: (event) => eventBridge.put('default', event),
      destinations: {
        settingsOf: (name) => destinations.settingsOf(name),
        ended: (event) => destinations.ended(event),
      },
      depthOf: (queueName) => messaging.depthOf(queueName),
    });
    const { functionsNotRun } = service;
    const lambda = new LambdaService({
      functions: service.functions,
      ...(functionsNotRun && { functionsNotRun }),
      region,
      accountId,
      endpoints: endpoints.variables,
      awsCalls: { port: front, open: endpoints.open },
      credentials: options.credentials,
      daemonAddress: daemon.address,
      freeze,
      onLog: (event) => {
        terminalOf(event.functionName).log(event);
        cloudWatch.log(event);
        logs.add(event);
      },
      onReport: (report) => {
        terminalOf(report.functionName).report(report);
        cloudWatch.report(report);
        logs.report(report);
      },
      onSegment: (document) => traces.put(document),
    });
    const kept = new KeptEvents();
    const invoke = kept.observe(cloudWatch.observeInvoke(lambda.invoke));
    const problem = (message: string): void => terminal.notice(message);
    /** For what a function may be fed by with what it has sent itself. */
    const chained = stopLoops(invoke, {
      functionOf: (name) => all.functions.find((each) => each.name === name),
      onDropped: (FunctionName) => {
        for (const dimensions of [{ FunctionName }, {}]) {
          cloudWatch.measure({ namespace: 'AWS/Lambda', name: 'RecursiveInvocationsDropped', dimensions });
        }
      },
      onProblem: problem,
    });
    const destinations = new Destinations({
      ...service,
      deliver: (delivery) => targets.deliver(delivery),
      onAsyncEvent: cloudWatch.asyncEvent,
      onProblem: problem,
    });
    /** How whoever calls functions asynchronously does it. */
    const asynchronous = { invoke: chained, destinations, onAsyncEvent: cloudWatch.asyncEvent };
    const events = new AsyncInvocations({
      ...asynchronous,
      onDropped: ({ functionName, reason }) => problem(`An event for ${functionName} is given up: ${reason}`),
    });
    const targets = new Targets({
      accept: (event) => events.accept(event),
      queuesUrl,
      topicsUrl,
      putEvent: (busName, event, traceHeader) => eventBridge.put(busName, event, traceHeader),
    });
    const eventBridge = new EventBridge({
      region,
      accountId,
      buses: service.eventBuses,
      rules: service.rules,
      targets,
      measure: cloudWatch.measure,
      onProblem: problem,
    });
    const scheduler = new SchedulerApi({
      region,
      accountId,
      groups: service.scheduleGroups,
      schedules: service.schedules,
      targets,
      measure: cloudWatch.measure,
      port: ports.scheduler,
      howToChoosePort: PORT_ADVICE,
      onDropped: problem,
    });
    const messaging = new MessagingServer({
      ...service,
      ...asynchronous,
      port: ports.messaging,
      howToChoosePort: PORT_ADVICE,
      onError: notify,
      onMessages: cloudWatch.messages,
      onPublished: cloudWatch.published,
    });
    const { warnings } = await start(messaging);
    warnings.push(...(await prepareElsewhere(endpoints, service)));
    const notifications = new Notifications({
      region,
      accountId,
      deliver: (delivery) => targets.deliver(delivery),
      putEvent: (event) => eventBridge.put('default', event),
      onProblem: problem,
    });
    stops.push(() => notifications.stop());
    const buckets = new BucketServer({
      buckets: service.buckets,
      region,
      accountId,
      port: ports.buckets,
      howToChoosePort: PORT_ADVICE,
      onEvent: (event) => notifications.tell(event),
    });
    await start(buckets);
    const info = (): ServiceInfo => serviceInfo(services, lambda.functions);
    const page = new ConsoleServer({
      store: traces,
      xray: xray.api,
      cloudWatch,
      cloudWatchApi: cloudWatch.api,
      logs,
      replays: {
        of: (traceId) => kept.of(traceId),
        replay: (traceId, requestId) => kept.replay(traceId, requestId, invoke),
        clear: () => kept.clear(),
      },
      schedules: schedulesByHand(eventBridge, scheduler),
      sources: new SourceLines({
        codeDirectories: () => new Set(lambda.functions.map(({ codeDirectory }) => codeDirectory)),
        serviceDirectories: () => services.flatMap(({ directory }) => directory ?? []),
      }),
      ...(options.joining !== undefined && { joining: options.joining }),
      port: ports.console,
      howToChoosePort: PORT_ADVICE,
      staticDirectory: builtConsole(),
      serviceInfo: info,
    });
    await start(lambda);
    const lambdaApi = new LambdaApi({
      ...asynchronous,
      functions: service.functions,
      ...(functionsNotRun && { functionsNotRun }),
      onConfigurationChanged: (definition) => {
        lambda.reconfigure(definition);
        const tracing = definition.tracingMode === 'Active' ? 'on' : 'off';
        changed(`${definition.name} was configured anew, with Lambda's tracing ${tracing}`);
        page.serviceChanged();
      },
      port: ports.lambda,
      howToChoosePort: PORT_ADVICE,
      onDropped: problem,
    });
    await start(lambdaApi);
    stops.push(() => events.stop());
    const { warnings: scheduleWarnings } = await start(scheduler);
    const { warnings: ruleWarnings } = await start(
      new EventBridgeApi({
        eventBridge,
        region,
        accountId,
        port: ports.events,
        howToChoosePort: PORT_ADVICE,
      }),
    );

    /** What feeds functions, each for itself: pollers and APIs. By what it is made of. */
    const feeders = new Map<string, Feeder>();
    stops.push(async () => {
      for (const [key, feeder] of [...feeders].reverse()) {
        feeders.delete(key);
        await feeder.stop();
      }
    });
    const { measure } = cloudWatch;
    const queuePollerFor = (mapping: EventSourceMappingDefinition): Feeder =>
      new QueuePoller({ mapping, endpoint: queuesUrl, region, invoke: chained, measure, onError: notify });
    const streamPollerFor = (mapping: StreamMappingDefinition): Feeder =>
      new StreamPoller({
        mapping,
        endpoint: endpoints.chosen('dynamodbstreams') ?? tables.url,
        region,
        accountId,
        invoke,
        deliver: (delivery) => targets.deliver(delivery),
        measure,
        onError: notify,
      });
    const gatewayOf = (api: ApiDefinition, port: number, of: StackService): Feeder => {
      const shared = { api, region, accountId, port, howToChoosePort: PORT_ADVICE };
      const onSegment = (document: SegmentDocument): void => void traces.put(document);
      if (api.functionUrl !== undefined) {
        return new ApiGateway({
          ...shared,
          invoke,
          onSegment,
          onRequest: (entry) => {
            of.terminal.request(entry);
            measureFunctionUrl(api, entry, measure);
          },
        });
      }
      const metrics = cloudWatch.observeApi(api);
      return new ApiGateway({
        ...shared,
        invoke: metrics.observeInvoke(invoke),
        // The time of an authorizer is not the integration's.
        invokeAuthorizer: invoke,
        lowerCaseHeaders: of.lowerCaseHeaders ?? false,
        onSegment,
        onRequest: (entry) => {
          of.terminal.request(entry);
          metrics.request(entry);
        },
      });
    };
    /** Stops the feeders of what is gone, and starts those of what is new. */
    const feed = async (): Promise<void> => {
      const wanted = new Map<string, () => Feeder>();
      for (const of of services) {
        const { eventSourceMappings, streamMappings, apis, functionUrls } = of.definition;
        for (const mapping of endpoints.open.includes('sqs') ? [] : eventSourceMappings)
          wanted.set(`queue ${JSON.stringify(mapping)}`, () => queuePollerFor(mapping));
        for (const mapping of endpoints.open.includes('dynamodbstreams') ? [] : streamMappings)
          wanted.set(`stream ${JSON.stringify(mapping)}`, () => streamPollerFor(mapping));
        for (const [index, api] of [...apis, ...functionUrls].entries()) {
          const port = of.apiPort(index);
          wanted.set(`api ${port} ${JSON.stringify(api)}`, () => gatewayOf(api, port, of));
        }
      }
      for (const [key, feeder] of feeders) {
        if (wanted.has(key)) continue;
        feeders.delete(key);
        await feeder.stop();
      }
      for (const [key, make] of wanted) {
        if (feeders.has(key)) continue;
        const feeder = make();
        feeders.set(key, feeder);
        await feeder.start();
      }
    };
    await feed();
    await start(cloudWatch);
    await start(page);
    for (const warning of [...tables.warnings, ...warnings, ...ruleWarnings, ...scheduleWarnings])
      problem(warning);
    terminal.text(
      banner({
        service,
        ports,
        tracing: info().tracing,
        otlpUrl,
        tracesFile: traces.file,
        minuteMs,
        elsewhere: endpoints.choices,
        tryThis: first.tryThis,
      }),
    );
    const update: Stack['update'] = async (wanted) => {
      const before = services;
      services = wanted;
      const definitions = wanted.map(({ definition }) => definition) as [ServiceDefinition];
      all = combine(definitions);
      const isNew = (definition: ServiceDefinition): boolean =>
        !before.some((each) => each.definition.name === definition.name);
      const found: string[] = [];
      // What functions may call is there before them, and they are there before what feeds them.
      found.push(...(await tableServer.update(all.tables)), ...(await messaging.update(all)));
      for (const definition of definitions.filter(isNew))
        found.push(...(await prepareElsewhere(endpoints, definition)));
      await buckets.update(all.buckets);
      destinations.update(all.functions);
      lambdaApi.update(all);
      const ended = lambda.update(all);
      await cloudWatch.update(all);
      found.push(...eventBridge.update({ buses: all.eventBuses, rules: all.rules }));
      found.push(...scheduler.update({ groups: all.scheduleGroups, schedules: all.schedules }));
      await feed();
      await ended;
      page.serviceChanged();
      return found;
    };
    const updateCode: Stack['updateCode'] = async (codeDirectories) => {
      changed(`the code of ${[...codeDirectories.keys()].join(', ')} was renewed`);
      await Promise.all(
        Array.from(codeDirectories, ([name, codeDirectory]) => {
          lambdaApi.codeChanged(name, codeDirectory);
          return lambda.updateCode(name, codeDirectory);
        }),
      );
    };
    return { traces, first, update, updateCode, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What runs by the clock, of both kinds, to be run by hand. */
function schedulesByHand(eventBridge: EventBridge, scheduler: SchedulerApi): ScheduleRunner {
  const entries = (): (readonly [ScheduleEntry, run: () => void])[] => [
    ...eventBridge
      .rules()
      .flatMap(({ busName, name, schedule, targets, ...rule }): [ScheduleEntry, () => void][] =>
        schedule === undefined
          ? []
          : [
              [
                entryOf(
                  scheduleId('rule', busName, name),
                  schedule,
                  targets.map(({ arn }) => arn),
                  rule,
                ),
                () => eventBridge.runNow(busName, name),
              ],
            ],
      ),
    ...scheduler
      .list()
      .map(({ group, name, expression, targetArn, ...schedule }): [ScheduleEntry, () => void] => [
        entryOf(scheduleId('schedule', group, name), expression, [targetArn], schedule),
        () => scheduler.runNow(group, name),
      ]),
  ];
  return {
    list: () => entries().map(([entry]) => entry),
    run: (id) => {
      const [, run] = entries().find(([entry]) => entry.id === id) ?? [];
      run?.();
    },
  };
}

function entryOf(
  id: string,
  expression: string,
  targetArns: readonly string[],
  { enabled, next, last }: { readonly enabled: boolean } & Times,
): ScheduleEntry {
  return {
    id,
    expression,
    enabled,
    targets: targetArns.map(lastNameIn),
    ...(next !== undefined && { next }),
    ...(last !== undefined && { last }),
  };
}

/** What feeds functions, and can be stopped alone. */
interface Feeder {
  start(): unknown;
  stop(): Promise<unknown>;
}

function localUrlsOf({ definition, apiPort }: StackService): (text: string) => string {
  return localApiUrls(definition.apis, (index) => `http://127.0.0.1:${apiPort(index)}`);
}

/** Each service hears of its own alarms. */
function tellTransitions(transitions: readonly Transition[], services: readonly StackService[]): void {
  for (const { definition, terminal } of services) {
    const names = new Set(definition.alarms.map(({ name }) => name));
    const own = transitions.filter(({ alarm }) => names.has(alarm.name));
    if (own.length > 0) terminal.transitions(own);
  }
}

/** What the page says about the services, with their functions as they are configured now. */
function serviceInfo(
  services: readonly [StackService, ...(readonly StackService[])],
  configured: readonly FunctionDefinition[],
): ServiceInfo {
  const [{ definition: first }] = services;
  const functions = services.flatMap(({ definition }) =>
    definition.functions.map(({ name, key, tracingMode }) => ({
      key,
      name,
      tracing: (configured.find((each) => each.name === name)?.tracingMode ?? tracingMode) === 'Active',
      service: definition.name,
    })),
  );
  return {
    name: first.name,
    stage: first.stage,
    region: first.region,
    services: services.map(({ definition: { name, stage } }) => ({ name, stage })),
    tracing: functions.some(({ tracing }) => tracing),
    isTracedHereOnly: services.every(({ definition }) => definition.isTracedUnasked === true),
    functions,
    tryThis: services.flatMap(({ tryThis }) => tryThis),
  };
}
