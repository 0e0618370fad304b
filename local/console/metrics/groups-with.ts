import type { MetricGroup } from '../../cloudwatch/view.ts';
import { containsWordsOf } from '../format/text.ts';

/** The charts in whose title, or in whose group's name, every word occurs; groups without any are left out. */
export function groupsWith(groups: readonly MetricGroup[], query: string): readonly MetricGroup[] {
  if (query.trim() === '') return groups;
  const contains = containsWordsOf(query);
  return groups
    .map((group) => ({
      ...group,
      charts: group.charts.filter(({ title }) => contains(`${group.kind} ${group.name} ${title}`)),
    }))
    .filter(({ charts }) => charts.length > 0);
}
