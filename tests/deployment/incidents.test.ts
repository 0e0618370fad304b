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
import { INCIDENTS, linesOf, seriesOf } from './incidents.ts';

const STAGE = 'prod';
const PAGE = new URL('../../docs/alarms.md', import.meta.url);
const TABLE = /(?<=<!-- incidents -->\n\n)[^]*?(?=\n\n<!-- end of the incidents -->)/;

/** The templates of the shop as they are deployed: with its error budgets and without any, each also with alarms on error lines. */
const templates: Record<Variant, unknown> = { budgets: {}, none: {}, budgetsAndLines: {}, lines: {} };
type Variant = 'budgets' | 'none' | 'budgetsAndLines' | 'lines';
let project: ProjectCopy;

async function templateIn(folder: string): Promise<unknown> {
  return JSON.parse(await readFile(join(folder, 'cloudformation-template-update-stack.json'), 'utf8'));
}

beforeAll(async () => {
  templates.budgets = await templateIn(inject('packagedShop'));
  project = await copyProject();
  const file = join(project.directory, 'serverless.yml');
  const yml = await readFile(file, 'utf8');
  const package_ = async (changed: string, before: string): Promise<unknown> => {
    expect(changed).not.toBe(before);
    await writeFile(file, changed);
    const run = runServerless(['package', '--stage', STAGE], project.directory);
    if ((await run.exited) !== 0) throw new Error(run.output());
    return templateIn(join(project.directory, '.serverless'));
  };
  const logging = yml.replace('\n    alarms:\n', '\n    alarms:\n      logs: true\n');
  templates.budgetsAndLines = await package_(logging, yml);
  templates.lines = await package_(logging.replace(/^ {4}slo:\n(?: {6}.*\n)+/m, ''), logging);
  templates.none = withoutErrorLines(templates.lines);
});
afterAll(() => project.remove());

interface Resources {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: { readonly AlarmName?: unknown } }>
  >;
}

/** What `logs: true` has added is gone: nothing else of a template has to do with it. */
function withoutErrorLines(template: unknown): unknown {
  const { Resources: resources, ...others } = template as Resources;
  const kept = Object.entries(resources).filter(([id]) => !id.startsWith('LanternErrorLines'));
  return { ...others, Resources: Object.fromEntries(kept) };
}

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
  const entries = replayAlarms(template, seriesOf(incident, STAGE), { lines: linesOf(incident, STAGE) });
  const rang = entries.filter(({ alarm, to }) => to === 'ALARM' && !isComposite(alarm, template));
  return {
    alarms: new Set(rang.map(({ alarm }) => alarm)).size,
    messages: entries.filter(({ notifies }) => notifies.length > 0).map(({ alarm }) => short(alarm)),
  };
}

function isComposite(name: string, template: unknown): boolean {
  return Object.values((template as Resources).Resources).some(
    ({ Type, Properties }) => Type === 'AWS::CloudWatch::CompositeAlarm' && Properties?.AlarmName === name,
  );
}

const outcomes = new Map<string, Readonly<Record<'none' | 'lines' | 'budgets', Outcome>>>();

describe('a typical incident', () => {
  it.each(INCIDENTS.map((incident) => [incident.name, incident] as const))(
    'is at most two messages: %s',
    (name, incident) => {
      const of = (variant: Variant): Outcome => outcomeOf(incident, templates[variant]);
      const outcome = { none: of('none'), lines: of('lines'), budgets: of('budgets') };
      outcomes.set(name, outcome);
      for (const [variant, { alarms, messages }] of Object.entries(outcome)) {
        expect(messages.length, `${variant}: ${messages.join(', ')}`).toBeLessThanOrEqual(2);
        // What nobody hears of is no incident: nobody comes, and nothing fails.
        if (name === 'traffic drop') expect(alarms).toBe(0);
        else if (incident.isOnlyLogged === true)
          expect(messages).toEqual(variant === 'lines' ? ['error-lines-unexplained'] : []);
        else expect(messages.length, variant).toBeGreaterThan(0);
      }
    },
  );

  it('is told by budgets alone, where they speak for all causes: error lines are on the dashboard then', () => {
    const failing = INCIDENTS.filter(
      ({ name, isOnlyLogged }) => isOnlyLogged === true || name === 'total outage',
    );
    expect(failing).toHaveLength(2);
    for (const incident of failing)
      expect(outcomeOf(incident, templates.budgetsAndLines).messages).toEqual(
        outcomes.get(incident.name)?.budgets.messages,
      );
  });

  it('has its row in docs/alarms.md; `npx vitest run --project stack tests/deployment/incidents -u` writes it', async () => {
    const page = readFileSync(PAGE, 'utf8');
    expect(page).toMatch(TABLE);
    const cells = INCIDENTS.map(({ name, what }) => {
      const { none = NOTHING, lines = NOTHING, budgets = NOTHING } = outcomes.get(name) ?? {};
      const same = lines.messages.join() === none.messages.join();
      return [
        name,
        what,
        String(none.alarms),
        inWords(none.messages),
        same ? 'the same' : inWords(lines.messages),
        inWords(budgets.messages),
      ];
    });
    const headings = [
      'incident',
      'what happens',
      'alarms',
      'messages without error budgets',
      'the same with `logs: true`',
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
