import { defaultAlarms, fiveMinutes } from '../default-alarm.ts';
import { matching } from '../metrics.ts';

const EACH_TYPE = 'the instance type that is highest, of those that the provider has chosen';

/** Lambda sends these for each type of instance that a provider has chosen, every five minutes: a query looks at all of them. */
export const CAPACITY_PROVIDER_ALARMS = defaultAlarms<'capacityProvider'>([
  {
    name: 'cpu',
    tuning: { threshold: 90, statistic: 'Maximum', ...fiveMinutes(3, 3) },
    unit: '%',
    severity: 'warning',
    meaning:
      'The instances of the capacity provider have almost no CPU left; beyond it, functions slow down and are throttled.',
    cause:
      'Traffic that grew faster than instances start, MaxVCpuCount, or a target for scaling that is too high. Compare what is allocated ' +
      'with what is available.',
    numbers:
      'AWS recommends alarms on high CPU and memory utilization ("Best practices for Lambda Managed Instances") and leaves the threshold ' +
      'open. 90 % is our judgement: for a quarter of an hour, as new instances take minutes to start.',
    missing: 'No data means that no instance runs.',
    watch: ({ name }, tuning) => ({
      metric: matching('CPUUtilization', { CapacityProviderName: name }, tuning),
      reason: `of ${EACH_TYPE}`,
    }),
  },
  {
    name: 'memory',
    tuning: { threshold: 90, statistic: 'Maximum', ...fiveMinutes(3, 3) },
    unit: '%',
    severity: 'warning',
    meaning:
      'The instances of the capacity provider have almost no memory left; beyond it, no further environment starts.',
    cause:
      'Functions that need more than before, more of them, or MaxVCpuCount. Look at the memory of the environments of each function.',
    numbers: 'As cpu.',
    missing: 'No data means that no instance runs.',
    watch: ({ name }, tuning) => ({
      metric: matching('MemoryUtilization', { CapacityProviderName: name }, tuning),
      reason: `of ${EACH_TYPE}`,
    }),
  },
]);
