import { ApiGateway } from './api-gateway/api-gateway.ts';
import { banner } from './banner.ts';
import { commandsToTry } from './commands-to-try.ts';
import { AwsEndpoints } from './aws/aws-endpoints.ts';
import { AwsFront } from './aws/aws-front.ts';
import { prepareElsewhere } from './aws/prepare-elsewhere.ts';
import { CloudWatch } from './cloudwatch/cloudwatch.ts';
import { ConsoleServer, builtConsole } from './console-server/console-server.ts';
import { SourceLines } from './console-server/source-lines.ts';
import type { AwsCredentials } from './lambda/environment-variables.ts';
import { LambdaApi } from './lambda/lambda-api.ts';
import { KeptEvents } from './lambda/kept-events.ts';
import { LambdaService } from './lambda/lambda-service.ts';
import { LogStore } from './logs/log-store.ts';
import { MessagingServer } from './messaging/messaging-server.ts';
import { QueuePoller } from './messaging/queue-poller.ts';
import type { LocalPorts } from './ports.ts';
import { DAEMON_PORT_ADVICE, OTLP_PORT_ADVICE, PORT_ADVICE } from './ports.ts';
import { SchedulerApi } from './scheduler/scheduler-api.ts';
import type { ServiceDefinition } from './template/service.ts';
import { localApiUrls } from './template/apis/api-urls.ts';
import { TableServer } from './tables/table-server.ts';
import { LocalXRay } from './start-xray.ts';
import type { Terminal } from './terminal.ts';
import type { ServiceInfo } from './console-contract.ts';
import type { TraceStore } from './xray/trace-store.ts';

export interface StackOptions {
  readonly service: ServiceDefinition;
  readonly ports: LocalPorts;
  /** Real milliseconds that a minute of CloudWatch lasts. */
  readonly minuteMs: number;
  /** Commands to show; `{api}` stands for the address of the first API. */
  readonly tryThis: readonly string[];
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
}

/** A running service. */
export interface Stack {
  readonly traces: TraceStore;
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
  const { service, ports, minuteMs, tryThis, tracesFile, serviceDirectory, terminal } = options;
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
  const messagingUrl = `http://127.0.0.1:${ports.messaging}`;
  const endpoints = (options.endpoints ?? new AwsEndpoints({})).over({
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${ports.tables}`,
    AWS_ENDPOINT_URL_SNS: messagingUrl,
    AWS_ENDPOINT_URL_SQS: messagingUrl,
    AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${ports.lambda}`,
    AWS_ENDPOINT_URL_SCHEDULER: `http://127.0.0.1:${ports.scheduler}`,
    AWS_ENDPOINT_URL_XRAY: `http://127.0.0.1:${ports.console}`,
  });
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
    const tables = await start(
      new TableServer({ tables: service.tables, port: ports.tables, howToChoosePort: PORT_ADVICE }),
    );

    const logs = new LogStore();
    const front = await start(
      new AwsFront({
        endpoints,
        localUrls: localApiUrls(service.apis, (index) => `http://127.0.0.1:${ports.api(index)}`),
        onRefused: (message) => terminal.notice(message),
      }),
    );
    const cloudWatch: CloudWatch = new CloudWatch({
      service,
      minuteMs,
      onProblem: (message) => terminal.notice(message),
      onTransitions: (transitions) => terminal.transitions(transitions),
      invoke: (request) => invoke(request),
      snsEndpoint: messagingUrl,
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
      onLog: (event) => {
        terminal.log(event);
        cloudWatch.log(event);
        logs.add(event);
      },
      onReport: (report) => {
        terminal.report(report);
        cloudWatch.report(report);
        logs.report(report);
      },
      onSegment: (document) => traces.put(document),
    });
    const events = new KeptEvents();
    const invoke = events.observe(cloudWatch.observeInvoke(lambda.invoke));
    const messaging = new MessagingServer({
      ...service,
      port: ports.messaging,
      howToChoosePort: PORT_ADVICE,
      invoke,
      onError: notify,
      onMessages: cloudWatch.messages,
      onPublished: cloudWatch.published,
      onAsyncEvent: cloudWatch.asyncEvent,
    });
    const { warnings } = await start(messaging);
    warnings.push(...(await prepareElsewhere(endpoints, service)));
    const commands = commandsToTry(service, ports, tryThis);
    const info = (): ServiceInfo => serviceInfo({ ...service, functions: lambda.functions }, commands);
    const page = new ConsoleServer({
      store: traces,
      xray: xray.api,
      cloudWatch,
      logs,
      replays: {
        of: (traceId) => events.of(traceId),
        replay: (traceId, requestId) => events.replay(traceId, requestId, invoke),
      },
      sources: new SourceLines({
        codeDirectories: [...new Set(service.functions.map(({ codeDirectory }) => codeDirectory))],
        serviceDirectory,
      }),
      port: ports.console,
      howToChoosePort: PORT_ADVICE,
      staticDirectory: builtConsole(),
      serviceInfo: info,
    });
    await start(lambda);
    await start(
      new LambdaApi({
        invoke,
        functions: service.functions,
        ...(functionsNotRun && { functionsNotRun }),
        onConfigurationChanged: (definition) => {
          lambda.reconfigure(definition);
          page.serviceChanged();
        },
        port: ports.lambda,
        howToChoosePort: PORT_ADVICE,
        onDropped: (message) => terminal.notice(message),
        onAsyncEvent: cloudWatch.asyncEvent,
      }),
    );
    await start(
      new SchedulerApi({
        region,
        accountId,
        groups: service.scheduleGroups,
        invoke,
        port: ports.scheduler,
        howToChoosePort: PORT_ADVICE,
        onDropped: (message) => terminal.notice(message),
        onAsyncEvent: cloudWatch.asyncEvent,
      }),
    );

    const endpoint = endpoints.chosen('sqs') ?? messagingUrl;
    for (const mapping of endpoints.open.includes('sqs') ? [] : service.eventSourceMappings) {
      await start(new QueuePoller({ mapping, endpoint, region, invoke, onError: notify }));
    }
    for (const [index, api] of service.apis.entries()) {
      const metrics = cloudWatch.observeApi(api);
      await start(
        new ApiGateway({
          api,
          invoke: metrics.observeInvoke(invoke),
          // The time of an authorizer is not the integration's.
          invokeAuthorizer: invoke,
          region,
          accountId,
          port: ports.api(index),
          howToChoosePort: PORT_ADVICE,
          onSegment: (document) => traces.put(document),
          onRequest: (entry) => {
            terminal.request(entry);
            metrics.request(entry);
          },
        }),
      );
    }
    await start(cloudWatch);
    await start(page);
    for (const warning of [...tables.warnings, ...warnings]) terminal.notice(warning);
    terminal.text(
      banner({
        service,
        ports,
        tracing: info().tracing,
        otlpUrl,
        tracesFile: traces.file,
        minuteMs,
        elsewhere: endpoints.choices,
        tryThis: commands,
      }),
    );
    return { traces, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What the page says about the service: `functions` as they are configured now. */
function serviceInfo(service: ServiceDefinition, tryThis: readonly string[]): ServiceInfo {
  const { name, stage, region } = service;
  const functions = service.functions.map((definition) => ({
    key: definition.key,
    name: definition.name,
    tracing: definition.tracingMode === 'Active',
  }));
  return { name, stage, region, tracing: functions.some(({ tracing }) => tracing), functions, tryThis };
}
