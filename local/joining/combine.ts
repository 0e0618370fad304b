/** Several services as one: what the parts run and watch, and what no two services can both have. */
import { asText } from '../json.ts';
import type { BucketDefinition, ServiceDefinition } from '../template/service.ts';

/** All of them, by the name of the first. There is one region and one account for all. */
export function combine(
  services: readonly [ServiceDefinition, ...(readonly ServiceDefinition[])],
): ServiceDefinition {
  const [first, ...others] = services;
  if (others.length === 0) return first;
  const all = <Item>(itemsOf: (service: ServiceDefinition) => readonly Item[]): Item[] =>
    services.flatMap(itemsOf);
  return {
    ...first,
    functions: all(({ functions }) => functions),
    functionsNotRun: all(({ functionsNotRun = [] }) => functionsNotRun),
    apis: all(({ apis }) => apis),
    functionUrls: all(({ functionUrls }) => functionUrls),
    queues: all(({ queues }) => queues),
    topics: all(({ topics }) => topics),
    subscriptions: all(({ subscriptions }) => subscriptions),
    tables: all(({ tables }) => tables),
    eventSourceMappings: all(({ eventSourceMappings }) => eventSourceMappings),
    streamMappings: all(({ streamMappings }) => streamMappings),
    buckets: [
      ...Map.groupBy(
        all(({ buckets }) => buckets),
        ({ name }) => name,
      ).values(),
    ].map(sharedBucket),
    alarms: all(({ alarms }) => alarms),
    muteRules: all(({ muteRules = [] }) => muteRules),
    metricFilters: all(({ metricFilters }) => metricFilters),
    // Several may name the same bus, as each has `default`.
    eventBuses: [...new Map(all(({ eventBuses }) => eventBuses).map((bus) => [bus.name, bus])).values()],
    rules: all(({ rules }) => rules),
    scheduleGroups: [...new Set(all(({ scheduleGroups }) => scheduleGroups))],
    schedules: all(({ schedules }) => schedules),
  };
}

/** One service makes a bucket, and others may hear of it (`existing: true`). */
function sharedBucket([first, ...others]: readonly BucketDefinition[]): BucketDefinition {
  const bucket = first as BucketDefinition;
  return others.reduce(
    (one, other) => ({
      ...one,
      versioned: one.versioned || other.versioned,
      cors: [...one.cors, ...other.cors],
      notifications: [...one.notifications, ...other.notifications],
      eventBridge: one.eventBridge || other.eventBridge,
    }),
    bucket,
  );
}

/** What has a name of its own in an account of AWS, so that a second stack with it could not be deployed. */
const NAMED: Readonly<Record<string, (service: ServiceDefinition) => readonly string[]>> = {
  function: ({ functions, functionsNotRun = [] }) =>
    [...functions, ...functionsNotRun].map(({ name }) => name),
  queue: ({ queues }) => queues.map(({ name }) => name),
  topic: ({ topics }) => topics.map(({ name }) => name),
  table: ({ tables }) => tables.map(({ name }) => name),
  alarm: ({ alarms }) => alarms.map(({ name }) => name),
  rule: ({ rules }) =>
    rules.map(({ busName, name }) => (busName === 'default' ? name : `${busName}/${name}`)),
  schedule: ({ schedules }) =>
    schedules.map(({ name, properties }) => `${asText(properties.GroupName) ?? 'default'}/${name}`),
};

/** Why two services cannot run together, in a sentence: names that both have. Undefined where they can. */
export function conflictOf(joining: ServiceDefinition, running: ServiceDefinition): string | undefined {
  const shared = Object.entries(NAMED).flatMap(([kind, namesOf]) => {
    const names = new Set(namesOf(running));
    return namesOf(joining)
      .filter((name) => names.has(name))
      .map((name) => `the ${kind} ${name}`);
  });
  if (shared.length === 0) return undefined;
  return (
    `Both ${labelOf(running)}, which runs, and ${labelOf(joining)} have ${shared.join(', ')}: in one account of AWS there could ` +
    'not be both either. Rename what is in one of them'
  );
}

/** A service as people call it. */
export function labelOf({ name, stage }: Pick<ServiceDefinition, 'name' | 'stage'>): string {
  return `${name} (${stage})`;
}
