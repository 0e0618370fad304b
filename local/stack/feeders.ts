/** What feeds the functions of a stack, and comes and goes with its services: pollers of queues and streams, APIs and function URLs. */
import { ApiGateway } from '../api-gateway/api-gateway.ts';
import type { AwsEndpoints } from '../aws/aws-endpoints.ts';
import type { CloudWatch } from '../cloudwatch/cloudwatch.ts';
import { measureFunctionUrl } from '../cloudwatch/sources/api-metrics.ts';
import type { Delivery } from '../events/targets.ts';
import type { Invoke } from '../lambda/invocation.ts';
import { QueuePoller } from '../messaging/queue-poller.ts';
import { PORT_ADVICE } from '../ports.ts';
import { StreamPoller } from '../tables/stream-poller.ts';
import type {
  ApiDefinition,
  EventSourceMappingDefinition,
  StreamMappingDefinition,
} from '../template/service.ts';
import type { SegmentDocument } from '../xray/document.ts';
import type { StackService } from './services.ts';

export interface FeedersOptions {
  readonly region: string;
  readonly accountId: string;
  /** What is served by AWS itself is not polled. */
  readonly endpoints: AwsEndpoints;
  readonly queuesUrl: string;
  readonly streamsUrl: string;
  readonly invoke: Invoke;
  /** For what a function may be fed by with what it has sent itself. */
  readonly chained: Invoke;
  /** Takes what a stream's function has failed on. */
  readonly deliver: (delivery: Delivery) => Promise<void>;
  readonly cloudWatch: Pick<CloudWatch, 'measure' | 'observeApi'>;
  readonly onSegment: (document: SegmentDocument) => void;
  readonly onError: (message: string, cause: unknown) => void;
}

/** What feeds functions, and can be stopped alone. */
interface Feeder {
  start(): unknown;
  stop(): Promise<unknown>;
}

export class Feeders {
  readonly #options: FeedersOptions;
  /** By what each is made of. */
  readonly #running = new Map<string, Feeder>();

  constructor(options: FeedersOptions) {
    this.#options = options;
  }

  /** Stops the feeders of what is gone, and starts those of what is new. */
  async update(services: readonly StackService[]): Promise<void> {
    const wanted = this.#wantedBy(services);
    for (const [key, feeder] of this.#running) {
      if (wanted.has(key)) continue;
      this.#running.delete(key);
      await feeder.stop();
    }
    for (const [key, make] of wanted) {
      if (this.#running.has(key)) continue;
      const feeder = make();
      this.#running.set(key, feeder);
      await feeder.start();
    }
  }

  async stop(): Promise<void> {
    for (const [key, feeder] of [...this.#running].reverse()) {
      this.#running.delete(key);
      await feeder.stop();
    }
  }

  #wantedBy(services: readonly StackService[]): ReadonlyMap<string, () => Feeder> {
    const { open } = this.#options.endpoints;
    const wanted = new Map<string, () => Feeder>();
    for (const of of services) {
      const { eventSourceMappings, streamMappings, apis, functionUrls } = of.definition;
      for (const mapping of open.includes('sqs') ? [] : eventSourceMappings)
        wanted.set(`queue ${JSON.stringify(mapping)}`, () => this.#queuePollerFor(mapping));
      for (const mapping of open.includes('dynamodbstreams') ? [] : streamMappings)
        wanted.set(`stream ${JSON.stringify(mapping)}`, () => this.#streamPollerFor(mapping));
      for (const [index, api] of [...apis, ...functionUrls].entries()) {
        const port = of.apiPort(index);
        wanted.set(`api ${port} ${JSON.stringify(api)}`, () => this.#gatewayOf(api, port, of));
      }
    }
    return wanted;
  }

  #queuePollerFor(mapping: EventSourceMappingDefinition): Feeder {
    const { queuesUrl, region, chained, cloudWatch, onError } = this.#options;
    const { measure } = cloudWatch;
    return new QueuePoller({ mapping, endpoint: queuesUrl, region, invoke: chained, measure, onError });
  }

  #streamPollerFor(mapping: StreamMappingDefinition): Feeder {
    const { streamsUrl, region, accountId, invoke, deliver, cloudWatch, onError } = this.#options;
    const { measure } = cloudWatch;
    return new StreamPoller({
      mapping,
      endpoint: streamsUrl,
      region,
      accountId,
      invoke,
      deliver,
      measure,
      onError,
    });
  }

  #gatewayOf(api: ApiDefinition, port: number, of: StackService): Feeder {
    const { region, accountId, invoke, cloudWatch, onSegment } = this.#options;
    const shared = { api, region, accountId, port, howToChoosePort: PORT_ADVICE };
    if (api.functionUrl !== undefined) {
      return new ApiGateway({
        ...shared,
        invoke,
        onSegment,
        onRequest: (entry) => {
          of.terminal.request(entry);
          measureFunctionUrl(api, entry, cloudWatch.measure);
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
  }
}
