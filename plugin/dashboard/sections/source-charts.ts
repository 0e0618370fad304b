import { joinTexts } from '../../alarms/console-links.ts';
import type { FunctionResource } from '../../../local/template/index.ts';
import { COLOR, linesOf } from '../lines.ts';
import type { WatchedChart } from './watched-charts.ts';

/** One chart per alias or version with provisioned concurrency; Lambda measures each on its own. */
export function provisionedCharts({ key, name, provisioned }: FunctionResource): readonly WatchedChart[] {
  return provisioned.map(({ qualifier, concurrency }) => {
    const line = linesOf('AWS/Lambda', [
      { name: 'FunctionName', value: name },
      { name: 'Resource', value: joinTexts(name, ':', qualifier) },
    ]);
    return {
      title: `${key}: provisioned concurrency (${concurrency})`,
      lines: [
        line('ProvisionedConcurrencyUtilization', 'Maximum', {
          label: 'share in use, 0 to 1',
          color: COLOR.traffic,
        }),
        line('ProvisionedConcurrencySpilloverInvocations', 'Sum', {
          label: 'spilled over',
          color: COLOR.warning,
          yAxis: 'right',
        }),
      ],
      leftLabel: 'share in use',
      rightLabel: 'spilled over per {period}',
    };
  });
}

/** What waits for a function that is invoked asynchronously, and what is given up. */
export function asyncCharts(resource: FunctionResource): readonly WatchedChart[] {
  if (!resource.isAsync) return [];
  const line = linesOf('AWS/Lambda', [{ name: 'FunctionName', value: resource.name }]);
  const right = { yAxis: 'right' } as const;
  return [
    {
      title: `${resource.key}: asynchronous events`,
      lines: [
        line('AsyncEventAge', 'Maximum', { label: 'age, at most', color: COLOR.slow }),
        line('AsyncEventsReceived', 'Sum', { label: 'received', color: COLOR.traffic, ...right }),
        line('AsyncEventsDropped', 'Sum', { label: 'dropped', color: COLOR.failure, ...right }),
        ...(resource.hasDeadLetterConfig
          ? [line('DeadLetterErrors', 'Sum', { label: 'dead letters lost', color: COLOR.warning, ...right })]
          : []),
        ...(resource.hasDestination
          ? [
              line('DestinationDeliveryFailures', 'Sum', {
                label: 'not delivered to the destination',
                color: COLOR.warning,
                ...right,
              }),
            ]
          : []),
      ],
      leftLabel: 'ms',
      rightLabel: 'events per {period}',
    },
  ];
}

/** How far a function is behind the streams it reads: records for Kafka, milliseconds for the others. */
export function streamCharts({ key, name, streams }: FunctionResource): readonly WatchedChart[] {
  const line = linesOf('AWS/Lambda', [{ name: 'FunctionName', value: name }]);
  const charts: WatchedChart[] = [];
  if (streams.some(({ kind }) => kind !== 'kafka')) {
    charts.push({
      title: `${key}: age of the last record read`,
      lines: [line('IteratorAge', 'Maximum', { label: 'iterator age', color: COLOR.slow })],
      leftLabel: 'ms',
    });
  }
  if (streams.some(({ kind }) => kind === 'kafka')) {
    charts.push({
      title: `${key}: records not read yet`,
      lines: [line('OffsetLag', 'Maximum', { label: 'offset lag', color: COLOR.slow })],
      leftLabel: 'records',
    });
  }
  return charts;
}
