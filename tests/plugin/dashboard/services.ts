import type { AlarmPlan } from '../../../plugin/alarms/alarm-plan.ts';
import type { FunctionResource, Inventory } from '../../../local/template/index.ts';
import { fc } from '../../helpers/fast-check.ts';
import {
  alarmOn,
  compositeNamed,
  everything,
  functionNamed,
  mathAlarmOn,
  memoryFilterOf,
  NO_ALARMS,
} from './inventories.ts';

function withoutLogGroup(resource: FunctionResource): FunctionResource {
  return Object.fromEntries(
    Object.entries(resource).filter(([field]) => field !== 'logGroup'),
  ) as unknown as FunctionResource;
}

function functions(min: number, max: number) {
  return fc
    .array(
      fc.record({
        reservedConcurrency: fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined }),
        isAsync: fc.boolean(),
        hasDeadLetterConfig: fc.boolean(),
        hasDestination: fc.boolean(),
        logFormat: fc.constantFrom('JSON' as const, 'Text' as const),
        logGroup: fc.constantFrom('Logs', undefined),
        aliases: fc.integer({ min: 0, max: 3 }),
        kinds: fc.uniqueArray(fc.constantFrom('kinesis' as const, 'kafka' as const, 'dynamodb' as const)),
      }),
      { minLength: min, maxLength: max },
    )
    .map((features) =>
      features.map(({ aliases, kinds, reservedConcurrency, logGroup, ...rest }, index) => {
        return {
          ...withoutLogGroup(functionNamed(`fn${index}`)),
          ...rest,
          ...(reservedConcurrency !== undefined && { reservedConcurrency }),
          ...(logGroup !== undefined && { logGroup }),
          provisioned: Array.from({ length: aliases }, (_, alias) => ({
            logicalId: `Alias${index}x${alias}`,
            qualifier: { 'Fn::Select': [0, { 'Fn::Split': [':', { Ref: `Alias${index}x${alias}` }] }] },
            concurrency: 2,
          })),
          streams: kinds.map((kind) => ({ kind, mapping: 'M', batchingWindow: 0 })),
        } satisfies FunctionResource;
      }),
    );
}

/** Services of any size, with alarms that fit a chart, alarms that fit none, and alarms of the account. */
export const services = fc
  .record({
    functions: fc.oneof(functions(0, 5), functions(90, 140)),
    copies: fc.constantFrom(0, 1, 3, 120),
    alarms: fc.boolean(),
  })
  .map(({ functions: all, copies, alarms }) => {
    const base = everything(all);
    const many = <T extends { readonly logicalId: string; readonly key: string }>(
      items: readonly T[],
    ): readonly T[] =>
      Array.from({ length: copies }, (_, copy) =>
        items.map((item) => ({ ...item, logicalId: `${item.logicalId}${copy}`, key: `${item.key}${copy}` })),
      ).flat();
    const inventory: Inventory = {
      ...base,
      queues: many(base.queues),
      topics: many(base.topics),
      tables: many(base.tables),
      apis: many(base.apis),
      rules: many(base.rules),
      schedules: many(base.schedules),
      stateMachines: many(base.stateMachines),
    };
    const plan: AlarmPlan = alarms
      ? {
          alarms: all.flatMap((fn) => [
            alarmOn(fn, { metricName: 'Duration', statistic: 'p99' }),
            alarmOn(fn, { metricName: 'Errors', statistic: 'Sum', period: 300 }),
            alarmOn(fn, { metricName: 'Duration', statistic: 'Average' }),
            mathAlarmOn(fn),
          ]),
          filters: all.map(memoryFilterOf),
          composites: [compositeNamed('ServiceUnhealthy', true)],
          eventSources: [],
          logAlarms: [],
          objectives: [],
          skipped: [],
        }
      : NO_ALARMS;
    return { inventory, plan };
  });
