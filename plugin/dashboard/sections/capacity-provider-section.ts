import type { CapacityProviderResource } from 'lambda-lantern-local/template';
import type { PlannedAlarm } from '../../alarms/alarm-plan.ts';
import type { Section } from '../body.ts';
import { queriesOf } from '../lines.ts';
import { section } from './section.ts';

/** What the instances of a capacity provider have, and what of it is in use, by the type of instance. */
export function capacityProviderSection(
  provider: CapacityProviderResource,
  region: string,
  alarms: readonly PlannedAlarm[],
): Section {
  const { key, name } = provider;
  const by = queriesOf({ CapacityProviderName: name }, 'InstanceType');
  const chart = (what: string, metricNames: readonly string[], leftLabel: string) => ({
    title: `${key}: ${what}`,
    lines: [],
    math: metricNames.map((metricName) => by(metricName, 'Maximum')),
    leftLabel,
    period: 300,
  });
  return section({
    kind: 'capacityProvider',
    resource: provider,
    region,
    title: `Capacity provider ${key}`,
    about: 'Lambda Managed Instances, by type of instance, every five minutes',
    charts: [
      chart('utilization', ['CPUUtilization', 'MemoryUtilization'], '%'),
      chart('vCPUs', ['vCPUAllocated', 'vCPUAvailable'], 'vCPUs'),
      chart('memory', ['MemoryAllocated', 'MemoryAvailable'], 'bytes'),
    ],
    alarms,
  });
}
