import { AwsEndpoints } from './aws/aws-endpoints.ts';
import { AwsFront } from './aws/aws-front.ts';
import { prepareElsewhere } from './aws/prepare-elsewhere.ts';
import { banner } from './banner.ts';
import { BucketServer } from './buckets/bucket-server.ts';
import { CloudWatch } from './cloudwatch/cloudwatch.ts';
import type { RecentChange } from './cloudwatch/message/compose-message.ts';
import { commandsToTry } from './commands-to-try.ts';
import type { ServiceInfo } from './console-contract.ts';
import type { ConsoleServerOptions } from './console-server/console-server.ts';
import { builtConsole, ConsoleServer } from './console-server/console-server.ts';
import { SourceLines } from './console-server/source-lines.ts';
import { combine } from './joining/combine.ts';
import type { AwsCredentials } from './lambda/environment-variables.ts';
import { KeptEvents } from './lambda/kept-events.ts';
import { LambdaApi } from './lambda/lambda-api.ts';
import { LambdaService } from './lambda/lambda-service.ts';
import { stopLoops } from './lambda/recursion.ts';
import { LogStore } from './logs/log-store.ts';
import { messageOf } from './message-of.ts';
import { MessagingServer } from './messaging/messaging-server.ts';
import type { LocalPorts } from './ports.ts';
import { DAEMON_PORT_ADVICE, engineUrls, OTLP_PORT_ADVICE, PORT_ADVICE } from './ports.ts';
import { makeEventDelivery } from './stack/event-delivery.ts';
import { Feeders } from './stack/feeders.ts';
import { schedulesByHand } from './stack/schedules-by-hand.ts';
import type { StackService, StackServices } from './stack/services.ts';
import { localUrlsOf, serviceInfo, tellTransitions } from './stack/services.ts';
import { LocalXRay } from './start-xray.ts';
import { TableServer } from './tables/table-server.ts';
import type { ServiceDefinition } from './template/service.ts';
import type { Terminal } from './terminal.ts';
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
  update(services: StackServices): Promise<readonly string[]>;
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
  let services: StackServices = [first];
  /** All of them as one. */
  let all = service;
  const terminalOf = (functionName: string): Terminal =>
    services.find(({ definition }) => definition.functions.some(({ name }) => name === functionName))
      ?.terminal ?? terminal;
  const messagingUrl = `http://127.0.0.1:${ports.messaging}`;
  const endpoints = (options.endpoints ?? new AwsEndpoints({})).over(engineUrls(ports));
  /** Where queues and topics are: those that functions reach. */
  const queuesUrl = endpoints.chosen('sqs') ?? messagingUrl;
  const topicsUrl = endpoints.chosen('sns') ?? messagingUrl;
  const notify = (message: string, cause: unknown): void =>
    terminal.notice(`${message}: ${messageOf(cause)}`);

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
    const delivery = makeEventDelivery({
      service,
      ports,
      queuesUrl,
      topicsUrl,
      invoke: chained,
      cloudWatch,
      onProblem: problem,
    });
    const { asynchronous, destinations, eventBridge, notifications, scheduler, targets } = delivery;
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
    stops.push(() => delivery.events.stop());
    // Before anything runs by the clock: an alarm looks back three minutes, and those of a demonstration are short.
    await start(cloudWatch);
    const { warnings: scheduleWarnings } = await start(scheduler);
    const { warnings: ruleWarnings } = await start(delivery.eventBridgeApi);

    const feeders = new Feeders({
      region,
      accountId,
      endpoints,
      queuesUrl,
      streamsUrl: endpoints.chosen('dynamodbstreams') ?? tables.url,
      invoke,
      chained,
      deliver: (failed) => targets.deliver(failed),
      cloudWatch,
      onSegment: (document) => void traces.put(document),
      onError: notify,
    });
    stops.push(() => feeders.stop());
    await feeders.update(services);
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
      await feeders.update(services);
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
