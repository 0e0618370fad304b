import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { DASHBOARD_LIMITS } from '../../../plugin/dashboard/body.ts';

/** One metric of a widget with its `.` written out. */
export interface ShownMetric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly style: Readonly<Record<string, unknown>>;
}

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly query?: string;
    readonly alarms?: readonly string[];
    readonly metrics?: ReadonlyArray<readonly unknown[]>;
    readonly annotations?: {
      readonly alarms?: readonly string[];
      readonly horizontal?: ReadonlyArray<{ readonly value: number; readonly label: string }>;
    };
  };
}

export interface CheckedDashboard {
  readonly widgets: readonly Widget[];
  readonly metrics: readonly ShownMetric[];
  /** ARNs in status widgets and in charts of alarms. */
  readonly alarms: readonly string[];
  readonly text: string;
}

const SCHEMA = join(import.meta.dirname, '../../fixtures/dashboard-body.schema.json');
const isValid = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(SCHEMA, 'utf8')) as object,
);

/**
 * Reads the body of a dashboard as CloudWatch would.
 *
 * @throws Error that lists what is wrong with it
 */
export function checkDashboard(text: string): CheckedDashboard {
  const body: unknown = JSON.parse(text);
  if (!isValid(body)) throw new Error(`not a dashboard: ${JSON.stringify(isValid.errors, null, 1)}`);
  const { widgets } = body as { widgets: readonly Widget[] };
  const metrics = widgets.flatMap(({ properties }) => metricsOf(properties.metrics ?? []));
  const problems = [
    ...widgets.flatMap(placeProblems),
    ...overlaps(widgets),
    ...widgets.flatMap(idProblems),
    ...(metrics.length > DASHBOARD_LIMITS.metrics ? [`${metrics.length} metrics`] : []),
    ...(text.length > CLOUDFORMATION_TEMPLATE_BYTES ? [`${text.length} characters`] : []),
  ];
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const alarms = widgets.flatMap(({ properties: { alarms: shown = [], annotations } }) => [
    ...shown,
    ...(annotations?.alarms ?? []),
  ]);
  return { widgets, metrics, alarms, text };
}

const CLOUDFORMATION_TEMPLATE_BYTES = 1_000_000;

function placeProblems({ x, width, properties }: Widget): string[] {
  return x + width > DASHBOARD_LIMITS.columns ? [`${properties.title ?? '?'} leaves the grid`] : [];
}

function overlaps(widgets: readonly Widget[]): string[] {
  const taken = new Map<string, number>();
  return widgets.flatMap(({ x, y, width, height }, index) => {
    const problems: string[] = [];
    for (let column = x; column < x + width; column++) {
      for (let row = y; row < y + height; row++) {
        const other = taken.get(`${column},${row}`);
        if (other !== undefined) problems.push(`widgets ${other} and ${index} overlap at ${column},${row}`);
        taken.set(`${column},${row}`, index);
      }
    }
    return problems;
  });
}

/** @throws Error when dimensions do not come in pairs, or a `.` has nothing to stand for. */
function metricsOf(entries: ReadonlyArray<readonly unknown[]>): readonly ShownMetric[] {
  let before: readonly string[] = [];
  return entries.filter(isMetric).map((entry) => {
    const last = entry.at(-1);
    const style = typeof last === 'object' ? (last as ShownMetric['style']) : {};
    const names = typeof last === 'object' ? entry.slice(0, -1) : entry;
    const full = names.map((name, index) => (name === '.' ? before[index] : String(name)));
    if (full.includes(undefined)) throw new Error(`nothing to stand for a dot in ${JSON.stringify(entry)}`);
    before = full as readonly string[];
    const [namespace = '', metricName = '', ...pairs] = before;
    if (pairs.length % 2 !== 0) throw new Error(`half a dimension in ${JSON.stringify(entry)}`);
    const dimensions = Object.fromEntries(
      Array.from({ length: pairs.length / 2 }, (_, pair) => [
        pairs[pair * 2] ?? '',
        pairs[pair * 2 + 1] ?? '',
      ]),
    );
    return { namespace, metricName, dimensions, style };
  });
}

function isMetric(entry: readonly unknown[]): boolean {
  return typeof entry[0] === 'string';
}

/** Metric math knows only the ids of its own widget, and each once. */
function idProblems({ properties: { metrics = [], title = '?' } }: Widget): string[] {
  const ids = metrics
    .map((entry) => (entry.at(-1) as { id?: string } | undefined)?.id)
    .filter((id) => id !== undefined);
  const expressions = metrics
    .filter((entry) => !isMetric(entry))
    .map(([math]) => (math as { expression: string }).expression)
    // A query of Metrics Insights names metrics and no ids.
    .filter((expression) => !expression.startsWith('SELECT '));
  const used = expressions.flatMap((expression) => expression.match(/\b[a-z]\w*/g) ?? []);
  return [
    ...(new Set(ids).size < ids.length ? [`${title}: the same id twice`] : []),
    ...used.filter((name) => !ids.includes(name)).map((name) => `${title}: nothing is called ${name}`),
  ];
}
