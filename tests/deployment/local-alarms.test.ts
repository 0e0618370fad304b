import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { evaluateMetricAlarm } from '../../local/cloudwatch/alarms/evaluate-metric-alarm.ts';
import { parseAlarmRule } from '../../local/cloudwatch/composite/alarm-rule.ts';
import { parseFilterPattern } from '../../local/cloudwatch/logs/filter-pattern.ts';
import { MetricStore } from '../../local/cloudwatch/metrics/metric-store.ts';
import type { ServiceDefinition } from '../../local/template/service.ts';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { addService, copyProject } from '../helpers/project-copy.ts';
import { runServerless } from '../helpers/run.ts';
import { readTemplate } from '../local/template/read-template.ts';

let project: ProjectCopy;

beforeAll(async () => {
  project = await copyProject();
});
afterAll(() => project.remove());

/** A packaged service as Lantern local reads it. */
async function readPackaged(folder: string): Promise<ServiceDefinition> {
  const file = join(folder, 'cloudformation-template-update-stack.json');
  return readTemplate(JSON.parse(await readFile(file, 'utf8'))).service;
}

/** Why each alarm is not evaluated, of those that are not. */
function notEvaluated({ alarms }: ServiceDefinition): Set<string> {
  const clock = { minuteMs: 60_000 };
  const store = new MetricStore(clock);
  const reasons = new Set<string>();
  for (const alarm of alarms) {
    if (alarm.kind !== 'metric') continue;
    const moment = { store, clock, now: Date.now(), completeUntil: Date.now(), previousState: 'OK' as const };
    const reason = evaluateMetricAlarm(alarm, moment)?.reason ?? '';
    if (reason.startsWith('Not evaluated')) reasons.add(reason.replace(/^Not evaluated locally: /, ''));
  }
  return reasons;
}

describe("the plugin's alarms", () => {
  it('of the shop are evaluated locally, but for those on what only AWS measures', async () => {
    const service = await readPackaged(inject('packagedShop'));

    expect(service.alarms.length).toBeGreaterThan(40);
    expect([...notEvaluated(service)].sort()).toEqual([
      'AWS/DynamoDB ReadThrottleEvents is not measured locally.',
      'AWS/DynamoDB SystemErrors is not measured locally.',
      'AWS/SNS NumberOfNotificationsFailed is not measured locally.',
    ]);
    for (const { pattern } of service.metricFilters) expect(() => parseFilterPattern(pattern)).not.toThrow();
  });

  it('of a large service are too, whatever it has', async () => {
    const directory = await addService(project, 'large');
    const run = runServerless(['package', '--stage', 'prod'], directory);
    expect(await run.exited, run.output()).toBe(0);
    const service = await readPackaged(join(directory, '.serverless'));
    const names = new Set(service.alarms.map(({ name }) => name));

    expect(service.alarms.length).toBeGreaterThan(150);
    for (const reason of notEvaluated(service)) {
      expect(reason).toMatch(/is not measured locally\.$|has no dimensions|CloudWatch's own model/);
    }
    for (const { pattern } of service.metricFilters) expect(() => parseFilterPattern(pattern)).not.toThrow();
    for (const alarm of service.alarms) {
      if (alarm.kind === 'composite') {
        expect(parseAlarmRule(alarm.rule).alarms.filter((name) => !names.has(name))).toEqual([]);
      }
    }
  });
});
