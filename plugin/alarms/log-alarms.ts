import type { Expression, FunctionResource, Inventory, Properties } from 'lambda-lantern-local/template';
import {
  DESCRIPTION_PARTS,
  ERROR_LINES_AGGREGATION,
  ERROR_LINES_QUERY,
  getAttribute,
  ref,
  scheduleOf,
} from 'lambda-lantern-local/template';
import type { Statement } from '../own-role.ts';
import { allow, role } from '../own-role.ts';
import type { LogSettings } from '../settings/settings.ts';
import { parseWindow } from '../settings/vocabulary.ts';
import { identityOf } from './alarm-names.ts';
import type { AlarmPlan, PlannedComposite, PlannedLogAlarm, SkippedAlarm } from './alarm-plan.ts';
import type { ActionsOfAlarms, CloudFormationResource, ResourceMap } from './alarm-resources.ts';
import { anyOf } from './composite.ts';
import { duration } from './wording.ts';

/** Log groups that one log alarm may look at: CloudWatch, "ScheduledQueryConfiguration". */
const MOST_LOG_GROUPS = 50;

/** Seconds until what is written can be found. */
const INGESTION = 60;

/** Seconds for which the one that tells waits for the alarm of the service, which looks every minute. */
const SAME_MINUTE = 50;

/** Seconds. Lines that a failure wrote are counted for a while after it is over. */
const AFTER_ITS_CAUSE = 600;

/** Who else speaks of what error lines are about. */
export interface OtherVoices {
  /** The alarm that stands for the service, where there is one. */
  readonly root: Pick<PlannedComposite, 'name' | 'logicalId'> | undefined;
  /** Whether nobody else tells anybody. */
  readonly isRootAlone: boolean;
  readonly hasErrorBudgets: boolean;
}

/**
 * Plans the alarms on error lines: one, or more where one may not look at all log groups together. Pure.
 *
 * One cause has one message. Error lines are mostly those of failures, which the alarms of metrics tell, and sooner: so a composite
 * tells of them, held back while the service is unhealthy; with error budgets, or where the alarm of the service alone tells somebody,
 * nobody is told. But the lines themselves only go where the log alarm itself tells, which CloudWatch cannot hold back: it does where lines are asked for.
 */
export function planLogAlarms(
  inventory: Inventory,
  settings: LogSettings,
  { root, isRootAlone, hasErrorBudgets }: OtherVoices,
  warmUp?: number,
): Pick<AlarmPlan, 'logAlarms' | 'composites' | 'skipped'> {
  if (settings === undefined || settings === false) return { logAlarms: [], composites: [], skipped: [] };
  const { lines = 0, every, threshold = 0 } = settings === true ? {} : settings;
  const everyMinutes = parseWindow(every) ?? DEFAULT_MINUTES;
  const readable = inventory.functions.filter((fn) => whyNot(fn) === undefined);
  const { service, stage } = inventory;
  const isSilent = lines === 0 && (hasErrorBudgets || isRootAlone);
  const isHeldBack = lines === 0 && !isSilent && root !== undefined;
  const urgency = hasErrorBudgets ? 'ticket' : isRootAlone ? 'service' : 'each';
  const tells = isSilent || isHeldBack ? undefined : urgency;
  const logAlarms = groupsOf(readable).map((group, index): PlannedLogAlarm => {
    const part = index === 0 ? '' : String(index + 1);
    const { condition } = group;
    const between = duration(everyMinutes * 60);
    return {
      id: 'service.errorLines',
      logicalId: `LanternErrorLines${part}`,
      name: [service, stage, 'error-lines', ...(part === '' ? [] : [part])].join('-'),
      ...(condition !== undefined && { condition }),
      logGroups: group.logGroups,
      functions: readable.filter(({ logGroup = '' }) => group.logGroups.includes(logGroup)).length,
      lines,
      everyMinutes,
      threshold,
      ...(warmUp !== undefined && { warmUp }),
      description:
        `Functions of ${service} in the stage ${stage} log errors.\n` +
        `${DESCRIPTION_PARTS.cause}A failure that the code noticed and went on after, if no other alarm rings. The query of this alarm, ` +
        `run again in Logs Insights, has the lines.\n` +
        `${DESCRIPTION_PARTS.threshold}> ${threshold} lines of level ERROR, FATAL or CRITICAL in ${between}, looked at every ` +
        `${everyMinutes === 1 ? 'minute' : between}.`,
      ...(tells !== undefined && { tells }),
    };
  });
  return {
    logAlarms,
    composites: isHeldBack ? logAlarms.map((alarm) => voiceOf(alarm, root)) : [],
    skipped: inventory.functions.flatMap((fn): readonly SkippedAlarm[] => {
      const why = whyNot(fn);
      return why === undefined
        ? []
        : [{ id: 'function.errorLines', resource: identityOf('function', fn), why }];
    }),
  };
}

const DEFAULT_MINUTES = 5;

function whyNot({ logGroup, logGroupClass, runsAtEdge }: FunctionResource): string | undefined {
  if (runsAtEdge) return 'CloudFront runs it, and its logs are in the region of each request: not read';
  if (logGroup === undefined) {
    return 'its log group is not in the template, so its error lines are not counted (disableLogs, or a group made elsewhere)';
  }
  return logGroupClass === 'DELIVERY'
    ? `its log group ${logGroup} is of the class DELIVERY, which no query reads: make it STANDARD or INFREQUENT_ACCESS`
    : undefined;
}

/** A query reads log groups of one class, and an alarm may not name a log group that is not deployed. */
function groupsOf(
  functions: readonly FunctionResource[],
): ReadonlyArray<{ readonly condition?: string; readonly logGroups: readonly string[] }> {
  const alike = Map.groupBy(functions, ({ logGroupCondition = '', logGroupClass = 'STANDARD' }) =>
    JSON.stringify([logGroupCondition, logGroupClass]),
  );
  return [...alike.values()].flatMap((some) => {
    const condition = some[0]?.logGroupCondition;
    const logGroups = [...new Set(some.flatMap(({ logGroup }) => logGroup ?? []))];
    return Array.from({ length: Math.ceil(logGroups.length / MOST_LOG_GROUPS) }, (_, chunk) => ({
      ...(condition !== undefined && { condition }),
      logGroups: logGroups.slice(chunk * MOST_LOG_GROUPS, (chunk + 1) * MOST_LOG_GROUPS),
    }));
  });
}

/** What tells of error lines that no other alarm explains. */
function voiceOf(alarm: PlannedLogAlarm, root: NonNullable<OtherVoices['root']>): PlannedComposite {
  const { name, logicalId, condition, description, everyMinutes } = alarm;
  return {
    name: `${name}-unexplained`,
    logicalId: `${logicalId}Unexplained`,
    ...(condition !== undefined && { condition }),
    rule: anyOf([alarm]),
    children: [logicalId],
    description,
    isRoot: false,
    tells: 'each',
    suppressor: {
      name: root.name,
      logicalId: root.logicalId,
      wait: SAME_MINUTE,
      extension: AFTER_ITS_CAUSE + everyMinutes * 60,
    },
  };
}

/**
 * Log alarms as CloudFormation resources by logical id, each with the roles that it takes: one by which CloudWatch Logs runs its query,
 * and one by which CloudWatch fetches the lines of its message.
 *
 * @param defaults what the roles of the service have in common
 */
export function logAlarmResources(
  logAlarms: readonly PlannedLogAlarm[],
  actions: ActionsOfAlarms,
  defaults: Properties,
): ResourceMap {
  return Object.fromEntries(
    logAlarms.flatMap((alarm) => {
      const queryRole = `${alarm.logicalId}QueryRole`;
      const linesRole = `${alarm.logicalId}LinesRole`;
      const underCondition = (resource: CloudFormationResource): CloudFormationResource =>
        alarm.condition === undefined ? resource : { ...resource, Condition: alarm.condition };
      return [
        [alarm.logicalId, underCondition(logAlarm(alarm, { queryRole, linesRole, actions }))],
        [
          queryRole,
          underCondition(
            role({
              service: 'logs.amazonaws.com',
              policyName: 'query-error-lines',
              statements: queryStatements(alarm.logGroups),
              defaults,
            }),
          ),
        ],
        ...(alarm.lines === 0
          ? []
          : [
              [
                linesRole,
                underCondition(
                  role({
                    service: 'cloudwatch.amazonaws.com',
                    policyName: 'read-error-lines',
                    statements: allow('Results', ['logs:GetQueryResults'], ['*']),
                    defaults,
                  }),
                ),
              ] as const,
            ]),
      ];
    }),
  );
}

/** Only to start a query can be allowed on some log groups: the other actions know no resources. */
function queryStatements(logGroups: readonly string[]): readonly Statement[] {
  return [
    ...allow(
      'Query',
      ['logs:StartQuery'],
      logGroups.map((logGroup) => getAttribute(logGroup, 'Arn')),
    ),
    ...allow('Results', ['logs:DescribeLogGroups', 'logs:GetQueryResults', 'logs:StopQuery'], ['*']),
  ];
}

function logAlarm(
  alarm: PlannedLogAlarm,
  {
    queryRole,
    linesRole,
    actions,
  }: { readonly queryRole: string; readonly linesRole: string; readonly actions: ActionsOfAlarms },
): CloudFormationResource {
  const { lines, everyMinutes, tells } = alarm;
  // A composed message quotes no lines: those go to people as CloudWatch sends them.
  const whom = tells === undefined ? {} : (actions.messenger?.actions ?? actions[tells]);
  const seconds = everyMinutes * 60;
  return {
    Type: 'AWS::CloudWatch::LogAlarm',
    Properties: {
      AlarmName: alarm.name,
      AlarmDescription: alarm.description,
      ScheduledQueryConfiguration: {
        QueryString: ERROR_LINES_QUERY,
        AggregationExpression: ERROR_LINES_AGGREGATION,
        LogGroupIdentifiers: alarm.logGroups.map((logGroup): Expression => ref(logGroup)),
        ScheduledQueryRoleARN: getAttribute(queryRole, 'Arn'),
        ScheduleConfiguration: {
          ScheduleExpression: scheduleOf(everyMinutes),
          StartTimeOffset: seconds + INGESTION,
          EndTimeOffset: INGESTION,
        },
      },
      QueryResultsToEvaluate: 1,
      QueryResultsToAlarm: 1,
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: alarm.threshold,
      // A query that finds nothing has no result.
      TreatMissingData: 'notBreaching',
      // All of it: the first lines that are found would be data enough to end it.
      ...(alarm.warmUp !== undefined && {
        WarmUpConfiguration: {
          WarmUpPeriodDurationInMinutes: alarm.warmUp,
          OnlyStartEvaluatingAfterWarmUpPeriodEnds: true,
        },
      }),
      ...(lines > 0 && { ActionLogLineCount: lines, ActionLogLineRoleArn: getAttribute(linesRole, 'Arn') }),
      ...whom,
    },
  };
}
