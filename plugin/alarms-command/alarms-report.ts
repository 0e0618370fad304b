import type { Inventory } from 'lambda-lantern-local/template';
import type { AlarmPlan, PlannedAlarm, PlannedLogAlarm, SkippedAlarm } from '../alarms/alarm-plan.ts';
import type { ResourceKind } from '../alarms/resource-kinds.ts';
import { duration, periodsInWords, thresholdInWords } from '../alarms/wording.ts';
import { WIDTH, wrap } from '../terminal-text.ts';

const INDENT = '  ';

/** The alarms of a service as a table for people: what is watched, from when on, and why; and what is not watched. */
export function alarmsReport(
  { service, stage, region }: Pick<Inventory, 'service' | 'stage' | 'region'>,
  { alarms, logAlarms, composites, skipped }: AlarmPlan,
): string {
  const title = `Alarms of ${service} in the stage ${stage}, ${region}: ${alarms.length + logAlarms.length}`;
  if (alarms.length + logAlarms.length === 0) {
    return [`${title}. They are switched off, or there is nothing to watch.`, ...notWatched(skipped)].join(
      '\n',
    );
  }
  const root = composites.find(({ isRoot }) => isRoot);
  const symptoms = alarms.filter(({ severity }) => severity === 'symptom').length;
  return [
    title,
    `A name begins with ${service}-${stage}-. Symptoms are marked with *: users feel them, or work is lost.`,
    ...(root === undefined
      ? []
      : [`${root.name} is in ALARM as soon as one of the ${symptoms} symptoms is.`]),
    ...byResource(alarms).flatMap(([resource, ofResource]) => ['', resource, ...rows(ofResource)]),
    ...(logAlarms.length === 0 ? [] : ['', 'logs', ...logAlarms.flatMap(rowsOfLogAlarm)]),
    ...notWatched(skipped),
  ].join('\n');
}

function rowsOfLogAlarm({
  name,
  threshold,
  everyMinutes,
  functions,
  lines,
}: PlannedLogAlarm): readonly string[] {
  const inMessage = lines === 0 ? '' : `; its message holds up to ${lines} of them`;
  const of = functions === 1 ? 'one function' : `${functions} functions`;
  return wrap(
    `${name}: more than ${threshold} error lines of ${of} in ${duration(everyMinutes * 60)}${inMessage}`,
    WIDTH - INDENT.length * 2,
  ).map((line, index) => INDENT.repeat(index === 0 ? 1 : 2) + line);
}

/** The alarms for machines: the plan, with the service that it is for. */
export function alarmsJson(
  { service, stage, region }: Pick<Inventory, 'service' | 'stage' | 'region'>,
  plan: AlarmPlan,
): string {
  return JSON.stringify({ service, stage, region, ...plan }, null, 2);
}

function byResource(
  alarms: readonly PlannedAlarm[],
): ReadonlyArray<readonly [string, readonly PlannedAlarm[]]> {
  const groups = new Map<string, PlannedAlarm[]>();
  for (const alarm of alarms) {
    const title = titleOf(alarm.resource);
    groups.set(title, [...(groups.get(title) ?? []), alarm]);
  }
  return [...groups];
}

const KINDS: Partial<Record<ResourceKind | 'other', string>> = {
  api: 'API',
  capacityProvider: 'capacity provider',
  schedule: 'schedules, by way of',
  stateMachine: 'state machine',
  other: 'the resource',
};

function titleOf({ kind, key }: SkippedAlarm['resource']): string {
  return kind === 'account' ? 'account' : `${KINDS[kind] ?? kind} ${key}`;
}

function rows(alarms: readonly PlannedAlarm[]): readonly string[] {
  const cells = alarms.map((alarm) => [
    nameOf(alarm),
    thresholdInWords(alarm),
    periodsInWords(alarm, alarm.metric.period),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const indent = INDENT.length * 4 + widths.reduce((sum, width) => sum + width, 0);
  return alarms.flatMap((alarm, index) => {
    const columns = cells[index]?.map((cell, column) => cell.padEnd(widths[column] ?? 0)) ?? [];
    const [first = '', ...rest] = wrap(alarm.reason, WIDTH - indent);
    return [
      `${INDENT}${[...columns, first].join(INDENT)}`,
      ...rest.map((line) => ' '.repeat(indent) + line),
    ].map((line) => line.trimEnd());
  });
}

/** The name without what all of them begin with: that of the alarm, and of the part of the resource. */
function nameOf({ id, name, severity, resource }: PlannedAlarm): string {
  const [, alarm = ''] = id.split('.');
  const part = name.slice(name.indexOf(`-${resource.key}-${alarm}`) + `-${resource.key}-${alarm}`.length);
  return `${severity === 'symptom' ? '*' : ' '} ${alarm}${part.replace(/^-/, ' ')}`;
}

/** Alarms that are left out for the same reason share a line. */
function notWatched(skipped: readonly SkippedAlarm[]): readonly string[] {
  if (skipped.length === 0) return [];
  const groups = new Map<string, string[]>();
  for (const { id, resource, why } of skipped) {
    const key = `${titleOf(resource)}\n${why}`;
    groups.set(key, [...(groups.get(key) ?? []), id.split('.')[1] ?? 'all alarms']);
  }
  return [
    '',
    'Not watched',
    ...[...groups].flatMap(([key, names]) => {
      const [title = '', why = ''] = key.split('\n');
      return wrap(`${title}, ${names.join(', ')}: ${why}`, WIDTH - INDENT.length * 2).map(
        (line, index) => INDENT.repeat(index === 0 ? 1 : 2) + line,
      );
    }),
  ];
}
