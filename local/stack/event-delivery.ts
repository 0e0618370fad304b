/**
 * How events come to functions and to other targets while nobody waits: what sends them (EventBridge, schedules, buckets), what
 * tries functions again, and what becomes of an event in the end. The parts deliver to each other.
 */
import { Notifications } from '../buckets/notifications.ts';
import type { CloudWatch } from '../cloudwatch/cloudwatch.ts';
import { EventBridgeApi } from '../events/event-bridge-api.ts';
import { EventBridge } from '../events/event-bridge.ts';
import { Targets } from '../events/targets.ts';
import type { AsyncEventSink, Invoke } from '../lambda/invocation.ts';
import { AsyncInvocations } from '../lambda/async-invocations.ts';
import { Destinations } from '../lambda/destinations.ts';
import type { LocalPorts } from '../ports.ts';
import { PORT_ADVICE } from '../ports.ts';
import { SchedulerApi } from '../scheduler/scheduler-api.ts';
import type { ServiceDefinition } from '../template/service.ts';

export interface EventDeliveryOptions {
  readonly service: ServiceDefinition;
  readonly ports: LocalPorts;
  readonly queuesUrl: string;
  readonly topicsUrl: string;
  readonly invoke: Invoke;
  readonly cloudWatch: Pick<CloudWatch, 'asyncEvent' | 'measure'>;
  readonly onProblem: (message: string) => void;
}

export interface EventDelivery {
  readonly destinations: Destinations;
  /** How whoever calls functions asynchronously does it. */
  readonly asynchronous: {
    readonly invoke: Invoke;
    readonly destinations: Destinations;
    readonly onAsyncEvent: AsyncEventSink;
  };
  /** Of EventBridge and schedules, retried. */
  readonly events: AsyncInvocations;
  readonly targets: Targets;
  readonly eventBridge: EventBridge;
  readonly eventBridgeApi: EventBridgeApi;
  readonly scheduler: SchedulerApi;
  /** Of what happens in buckets. */
  readonly notifications: Notifications;
}

/** Makes the parts and starts none. */
export function makeEventDelivery({
  service,
  ports,
  queuesUrl,
  topicsUrl,
  invoke,
  cloudWatch,
  onProblem,
}: EventDeliveryOptions): EventDelivery {
  const { region, accountId } = service;
  const destinations = new Destinations({
    ...service,
    deliver: (delivery) => targets.deliver(delivery),
    onAsyncEvent: cloudWatch.asyncEvent,
    onProblem,
  });
  const asynchronous = { invoke, destinations, onAsyncEvent: cloudWatch.asyncEvent };
  const events = new AsyncInvocations({
    ...asynchronous,
    onDropped: ({ functionName, reason }) => onProblem(`An event for ${functionName} is given up: ${reason}`),
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
    onProblem,
  });
  const eventBridgeApi = new EventBridgeApi({
    eventBridge,
    region,
    accountId,
    port: ports.events,
    howToChoosePort: PORT_ADVICE,
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
    onDropped: onProblem,
  });
  const notifications = new Notifications({
    region,
    accountId,
    deliver: (delivery) => targets.deliver(delivery),
    putEvent: (event) => eventBridge.put('default', event),
    onProblem,
  });
  return {
    destinations,
    asynchronous,
    events,
    targets,
    eventBridge,
    eventBridgeApi,
    scheduler,
    notifications,
  };
}
