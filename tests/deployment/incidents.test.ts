import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ReplayedTransition } from 'lambda-lantern/testing';
import { replayAlarms } from 'lambda-lantern/testing';
import type { ProjectCopy } from '../helpers/project-copy.ts';
import { copyProject } from '../helpers/project-copy.ts';
import { runServerless } from '../helpers/run.ts';
import type { Incident } from './incidents.ts';
import { INCIDENTS, seriesOf } from './incidents.ts';

const STAGE = 'prod';
const PAGE = new URL('../../docs/alarms.md', import.meta.url);
const TABLE = /(?<=<!-- incidents -->\n\n)[^]*?(?=\n\n<!-- end of the incidents -->)/;

/** The templates of the shop as they are deployed: with its error budgets, and without any. */
const templates: Record<'budgets' | 'none', unknown> = { budgets: {}, none: {} };
let project: ProjectCopy;

async function templateIn(folder: string): Promise<unknown> {
  return JSON.parse(await readFile(join(folder, 'cloudformation-template-update-stack.json'), 'utf8'));
}

beforeAll(async () => {
  templates.budgets = await templateIn(inject('packagedShop'));
  project = await copyProject();
  const file = join(project.directory, 'serverless.yml');
  const yml = await readFile(file, 'utf8');
  const without = yml.replace(/^ {4}slo:\n(?: {6}.*\n)+/m, '');
  expect(without).not.toBe(yml);
  await writeFile(file, without);
  const run = runServerless(['package', '--stage', STAGE], project.directory);
  if ((await run.exited) !== 0) throw new Error(run.output());
  templates.none = await templateIn(join(project.directory, '.serverless'));
});
afterAll(() => project.remove());

interface Outcome {
  /** Alarms on metrics that went off. */
  readonly alarms: number;
  /** Who told somebody, in the order of time. */
  readonly messages: readonly string[];
}

function short(name: string): string {
  return name.replace(`order-shop-${STAGE}-`, '');
}

function outcomeOf(incident: Incident, template: unknown): Outcome {
  const entries = replayAlarms(template, seriesOf(incident, STAGE));
  const rang = entries.filter(({ alarm, to }) => to === 'ALARM' && !isComposite(alarm, template));
  return {
    alarms: new Set(rang.map(({ alarm }) => alarm)).size,
    messages: entries.filter(({ notifies }) => notifies.length > 0).map(({ alarm }) => short(alarm)),
  };
}

function isComposite(name: string, template: unknown): boolean {
  const { Resources } = template as {
    Resources: Readonly<Record<string, { Type: string; Properties?: { AlarmName?: unknown } }>>;
  };
  return Object.values(Resources).some(
    ({ Type, Properties }) => Type === 'AWS::CloudWatch::CompositeAlarm' && Properties?.AlarmName === name,
  );
}

const outcomes = new Map<string, Record<'budgets' | 'none', Outcome>>();

describe('a typical incident', () => {
  it.each(INCIDENTS.map((incident) => [incident.name, incident] as const))(
    'is at most two messages: %s',
    (name, incident) => {
      const outcome = {
        none: outcomeOf(incident, templates.none),
        budgets: outcomeOf(incident, templates.budgets),
      };
      outcomes.set(name, outcome);
      for (const { alarms, messages } of Object.values(outcome)) {
        expect(messages.length, messages.join(', ')).toBeLessThanOrEqual(2);
        // What nobody hears of is no incident: nobody comes, and nothing fails.
        if (name === 'traffic drop') expect(alarms).toBe(0);
        else expect(messages.length).toBeGreaterThan(0);
      }
    },
  );

  it('has its row in docs/alarms.md; `npx vitest run --project stack tests/deployment/incidents -u` writes it', async () => {
    const page = readFileSync(PAGE, 'utf8');
    expect(page).toMatch(TABLE);
    const cells = INCIDENTS.map(({ name, what }) => {
      const { none, budgets } = outcomes.get(name) ?? { none: NOTHING, budgets: NOTHING };
      return [name, what, String(none.alarms), ...[none, budgets].map(({ messages }) => inWords(messages))];
    });
    const headings = [
      'incident',
      'what happens',
      'alarms',
      'messages without error budgets',
      'messages with error budgets',
    ];
    const table = [headings, headings.map(() => '---'), ...cells]
      .map((row) => `| ${row.join(' | ')} |`)
      .join('\n');
    await expect(page.replace(TABLE, () => table)).toMatchFileSnapshot(PAGE.pathname);
  });
});

const NOTHING: Outcome = { alarms: 0, messages: [] };

function inWords(messages: readonly string[]): string {
  return messages.length === 0
    ? 'none'
    : `${messages.length}: ${messages.map((name) => `\`${name}\``).join(', then ')}`;
}

/** The minutes after `from` at which somebody was told, by which alarm. */
function told(
  entries: readonly ReplayedTransition[],
  from: number,
): ReadonlyArray<readonly [number, string]> {
  const begin = Date.UTC(2026, 10, 2, 9, 0) + from * 60_000;
  return entries
    .filter(({ notifies }) => notifies.length > 0)
    .map(({ alarm, at }) => [(at.getTime() - begin) / 60_000, short(alarm)] as const);
}

describe('the error budgets of the shop', () => {
  const everything = INCIDENTS[0] as Incident;

  it('page within three minutes of a total outage', () => {
    for (const traffic of [1, 0.1, 0.03]) {
      const incident = { ...everything, traffic };
      const [first] = told(replayAlarms(templates.budgets, seriesOf(incident, STAGE)), 60);
      expect(first?.[1], `traffic ${traffic}`).toMatch(/-fastBurn$/);
      expect(first?.[0], `traffic ${traffic}`).toBeLessThanOrEqual(3);
    }
  });

  it('never page for 0.2 % of failures, and make a ticket within hours', () => {
    // One of 500 requests to the API, and the function that fails it.
    const minutes = { before: 120, after: 0 };
    const calm = seriesOf({ ...everything, during: {}, lasts: 360 }, STAGE, minutes);
    const failing = calm.map((series) => {
      const isFailure =
        series.metricName === '5XXError' ||
        (series.metricName === 'Errors' && JSON.stringify(series.dimensions).includes('get-order'));
      return isFailure
        ? {
            ...series,
            minutes: series.minutes.map((samples, minute) =>
              minute >= minutes.before && minute % 5 === 0 && samples !== null
                ? [1, ...samples.slice(1)]
                : samples,
            ),
          }
        : series;
    });
    const messages = told(replayAlarms(templates.budgets, failing), minutes.before);
    expect(messages.map(([, alarm]) => alarm)).not.toContainEqual(expect.stringMatching(/fastBurn/));
    expect(messages[0]?.[1]).toBe('ApiGatewayRestApi-slowBurn');
    expect(messages[0]?.[0]).toBeLessThan(360);
  });

  it('say nothing in a night without traffic', () => {
    const silent = { traffic: 0 };
    const night = {
      ...everything,
      during: { 'create-order': silent, 'get-order': silent, 'take-payment': silent, 'fulfil-order': silent },
      lasts: 480,
      after: {},
    };
    expect(told(replayAlarms(templates.budgets, seriesOf(night, STAGE)), 60)).toEqual([]);
  });
});
