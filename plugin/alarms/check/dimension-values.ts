import type { Expression, Inventory } from '../../../local/template/index.ts';
import type { AlarmSpec } from '../alarm-spec.ts';

/**
 * The values that a dimension can have on the resource of an alarm, by dimension; a dimension that is not here has no data
 * for it. Written down a second time, apart from the defaults, so that a slip in one of them is found.
 */
export function dimensionValues(
  { kind, key }: AlarmSpec['resource'],
  inventory: Inventory,
): Readonly<Record<string, readonly Expression[]>> {
  const find = <Resource extends { readonly key: string }>(list: readonly Resource[]): Resource | undefined =>
    list.find((resource) => resource.key === key);
  switch (kind) {
    case 'function': {
      const fn = find(inventory.functions);
      if (fn === undefined) return {};
      return {
        FunctionName: [fn.name],
        Resource: fn.provisioned.map(({ qualifier }) =>
          typeof fn.name === 'string' && typeof qualifier === 'string'
            ? `${fn.name}:${qualifier}`
            : { 'Fn::Join': [':', [fn.name, qualifier]] },
        ),
      };
    }
    case 'queue':
      return named('QueueName', find(inventory.queues)?.name);
    case 'topic':
      return named('TopicName', find(inventory.topics)?.name);
    case 'table': {
      const table = find(inventory.tables);
      return {
        ...named('TableName', table?.name),
        GlobalSecondaryIndexName: table?.indexes ?? [],
        Operation: table?.operations ?? [],
      };
    }
    case 'api': {
      const api = find(inventory.apis);
      if (api === undefined) return {};
      return { ...named(api.kind === 'REST' ? 'ApiName' : 'ApiId', api.name), Stage: [api.stage] };
    }
    case 'rule': {
      const rule = find(inventory.rules);
      return { ...named('RuleName', rule?.name), ...named('EventBusName', rule?.eventBusName) };
    }
    case 'schedule':
      return named('ScheduleGroup', find(inventory.schedules)?.group);
    case 'stateMachine':
      return named('StateMachineArn', find(inventory.stateMachines)?.name);
    case 'account':
      return {};
  }
}

/** What has to stand beside others: without them, the metric is of something else. */
export const neededDimensions = (
  kind: AlarmSpec['resource']['kind'],
  values: Readonly<Record<string, unknown>>,
): readonly string[] => (kind === 'rule' && 'EventBusName' in values ? ['EventBusName'] : []);

const named = (
  name: string,
  value: Expression | undefined,
): Readonly<Record<string, readonly Expression[]>> => (value === undefined ? {} : { [name]: [value] });
