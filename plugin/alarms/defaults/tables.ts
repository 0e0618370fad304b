import type { TableResource } from 'lambda-lantern-local/template';
import type { MetricMath } from '../alarm-plan.ts';
import type { Tuning } from '../default-alarm.ts';
import { defaultAlarms, minutes, SEVERAL_MINUTES } from '../default-alarm.ts';
import type { Dimensions } from '../metrics.ts';
import { math, metric } from '../metrics.ts';

const FILLED =
  'There is always data: FILL puts 0 where there is none. CloudWatch ignores missing data of AWS/DynamoDB whatever an alarm ' +
  'says ("PutMetricAlarm"), and without FILL the alarm would never be OK again.';

/**
 * DynamoDB sends these metrics only when they happen. Each alarm is metric math with FILL, so that it comes back to OK.
 */
export const TABLE_ALARMS = defaultAlarms<'table'>([
  {
    name: 'throttles',
    tuning: { threshold: 0, statistic: 'Sum', ...minutes(2, 5) },
    unit: 'events',
    severity: 'symptom',
    meaning: 'DynamoDB refuses reads or writes of the table; the SDK retries them, then they fail.',
    cause:
      'A hot key, or more traffic than is provisioned, or than on-demand capacity grows by in half an hour.',
    numbers:
      'AWS recommends these metrics with Sum in 5 minutes and leaves the threshold open. Ours: the SDK retries a single burst, not two minutes of it.',
    missing: FILLED,
    watch: (table, tuning) => ({
      metric: throttles({ TableName: table.name }, tuning),
      reason: 'every refused read or write of the table counts',
    }),
  },
  {
    name: 'indexThrottles',
    tuning: { threshold: 0, statistic: 'Sum', ...minutes(2, 5) },
    unit: 'events',
    severity: 'symptom',
    meaning: 'DynamoDB refuses reads or writes of an index; refused writes hold up those of the table.',
    cause: 'A hot key of the index, or less capacity than its table has.',
    numbers:
      'As throttles. The metrics of the table do not count those of its indexes ("DynamoDB metrics and dimensions").',
    missing: FILLED,
    watch: (table, tuning) =>
      table.indexes.map((index) => ({
        metric: throttles({ TableName: table.name, GlobalSecondaryIndexName: index }, tuning),
        reason: `every refused read or write of the index ${index} counts`,
        part: index,
      })),
  },
  {
    name: 'systemErrors',
    tuning: SEVERAL_MINUTES,
    unit: 'errors',
    severity: 'warning',
    meaning: 'DynamoDB fails on its side.',
    cause:
      'A disturbance of DynamoDB: look at the AWS Health Dashboard. There is nothing to mend here but retries.',
    numbers:
      'AWS recommends Sum in 15 of 15 minutes and leaves the threshold open; ours is 3 of 15 minutes with any, as the SDK retries ' +
      'the first ones. DynamoDB counts per operation: those are added up that the policies of the service allow.',
    missing: FILLED,
    watch: (table, tuning) => ({
      metric: systemErrors(table, tuning),
      reason: `every failure of ${table.operations.length} operations counts: ${table.operations.join(', ')}`,
    }),
  },
]);

function throttles(dimensions: Dimensions, tuning: Tuning): MetricMath {
  return math(
    'FILL(reads, 0) + FILL(writes, 0)',
    {
      reads: metric('AWS/DynamoDB', 'ReadThrottleEvents', dimensions, tuning),
      writes: metric('AWS/DynamoDB', 'WriteThrottleEvents', dimensions, tuning),
    },
    'Throttled reads and writes',
  );
}

function systemErrors(table: TableResource, tuning: Tuning): MetricMath {
  const byId = table.operations.map(
    (operation) =>
      [
        `${operation.charAt(0).toLowerCase()}${operation.slice(1)}`,
        metric('AWS/DynamoDB', 'SystemErrors', { TableName: table.name, Operation: operation }, tuning),
      ] as const,
  );
  return math(byId.map(([id]) => `FILL(${id}, 0)`).join(' + '), Object.fromEntries(byId), 'System errors');
}
