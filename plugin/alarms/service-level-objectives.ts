import { PACES } from 'lambda-lantern-local/template';
import type { ResourceMap } from './alarm-resources.ts';
import { metricDataQuery } from './alarm-resources.ts';
import type { PlannedObjective } from './alarm-plan.ts';

/** Days that a budget is for. */
const INTERVAL_DAYS = 30;

/** Percent of the budget: with so little left, the objective is shown as at risk. */
const WARNING_PERCENT = 25;

/**
 * The promises as objectives of CloudWatch Application Signals, from the same metrics: it keeps the account of a budget over
 * months, and shows it beside those of other services. It needs no agent; what rings are the alarms.
 */
export function serviceLevelObjectives(objectives: readonly PlannedObjective[]): ResourceMap {
  return Object.fromEntries(
    objectives.map((objective) => {
      const { logicalId, name, condition, sentence, goal, metrics, total, bad } = objective;
      const queries = (expression: string): readonly object[] => [
        ...metrics
          .filter(({ id }) => new RegExp(`\\b${id}\\b`).test(expression))
          .map(({ id, stat }) => ({ ...metricDataQuery({ id, stat }), ReturnData: false })),
        { Id: 'value', Expression: expression, ReturnData: true },
      ];
      return [
        logicalId.replace('LanternAlarm', 'LanternObjective'),
        {
          Type: 'AWS::ApplicationSignals::ServiceLevelObjective',
          ...(condition !== undefined && { Condition: condition }),
          Properties: {
            Name: name,
            Description: `${sentence}.`,
            RequestBasedSli: {
              RequestBasedSliMetric: {
                // An account of whole periods has none where nothing came: what the alarms fill in with one would be counted.
                TotalRequestCountMetric: queries(total.replace(/FILL\((\w+), 1\)/, 'FILL($1, 0)')),
                MonitoredRequestCountMetric: { BadCountMetric: queries(bad) },
              },
            },
            Goal: {
              AttainmentGoal: goal,
              WarningThreshold: WARNING_PERCENT,
              Interval: { RollingInterval: { Duration: INTERVAL_DAYS, DurationUnit: 'DAY' } },
            },
            BurnRateConfigurations: lookBacks().map((LookBackWindowMinutes) => ({ LookBackWindowMinutes })),
          },
        },
      ];
    }),
  );
}

/** Minutes of the windows that the alarms look at, each once. */
function lookBacks(): readonly number[] {
  const windows = new Set(PACES.flatMap(({ long, short }) => [long / 60, short / 60]));
  return [...windows].toSorted((one, other) => one - other);
}
