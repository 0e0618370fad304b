import type { AlarmRecord } from '../alarms/alarm-record.ts';
import type { CompositeAlarmDefinition } from '../../template/service.ts';
import { AlarmRuleError, parseAlarmRule } from './alarm-rule.ts';

export type CompositeRecord = AlarmRecord & { definition: CompositeAlarmDefinition };

/** The composite alarms, those that others name first; and those that lead back to themselves. */
export function evaluationOrder(records: readonly AlarmRecord[]): {
  order: CompositeRecord[];
  cyclic: ReadonlySet<AlarmRecord>;
} {
  const composites = new Map(records.filter(isComposite).map((record) => [record.definition.name, record]));
  const order: CompositeRecord[] = [];
  const cyclic = new Set<AlarmRecord>();
  const running: CompositeRecord[] = [];
  const visit = (record: CompositeRecord): void => {
    if (running.includes(record)) {
      for (const member of running.slice(running.indexOf(record))) cyclic.add(member);
      return;
    }
    if (order.includes(record)) return;
    running.push(record);
    for (const name of namesIn(record.definition.rule)) {
      const child = composites.get(name);
      if (child !== undefined) visit(child);
    }
    running.pop();
    order.push(record);
  };
  for (const record of composites.values()) visit(record);
  return { order, cyclic };
}

function isComposite(record: AlarmRecord): record is CompositeRecord {
  return record.definition.kind === 'composite';
}

/** None of a rule that cannot be read: its evaluation says so. */
function namesIn(rule: string): readonly string[] {
  try {
    return parseAlarmRule(rule).alarms;
  } catch (error) {
    if (error instanceof AlarmRuleError) return [];
    throw error;
  }
}
