import { intrinsicOf, parseResources } from 'lambda-lantern-local/template';
import type { DashboardBody } from './body.ts';

/** What `DashboardBody` becomes in the template. */
export interface RenderedBody {
  readonly 'Fn::Sub': readonly [string, Readonly<Record<string, unknown>>] | string;
}

/**
 * The body as JSON text in an `Fn::Sub`. References and attributes are written into the text; any other expression
 * becomes a variable of the `Fn::Sub`, and so does what refers to a resource that may not be deployed, because a template
 * may not refer to it without asking its condition. What an expression stands for comes into the middle of a JSON string
 * as it is: names and ARNs of AWS hold nothing that JSON would have to escape.
 */
export function renderBody(body: DashboardBody, conditions: Conditions = new Map()): RenderedBody {
  const variables = new Map<string, { readonly name: string; readonly expression: unknown }>();

  const variableFor = (expression: unknown): string => {
    const key = JSON.stringify(expression);
    const known = variables.get(key) ?? { name: `lanternPart${variables.size + 1}`, expression };
    variables.set(key, known);
    return known.name;
  };

  const insideString = (part: unknown): string => {
    if (typeof part === 'string') return escaped(part);
    const { name, argument } = intrinsicOf(part) ?? {};
    const parts = name === 'Fn::Join' ? plainlyJoined(argument) : undefined;
    if (parts !== undefined) return parts.map(insideString).join('');
    const safe = onlyWhere(part, conditionsIn(part, conditions));
    const direct = safe === part ? referenceOf(name, argument) : undefined;
    return `\${${direct ?? variableFor(safe)}}`;
  };

  const rendered = (value: unknown): string => {
    if (typeof value === 'string' || intrinsicOf(value) !== undefined) return `"${insideString(value)}"`;
    if (Array.isArray(value)) return `[${value.map(rendered).join(',')}]`;
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${rendered(field)}`).join(',')}}`;
  };

  const text = rendered(body);
  if (variables.size === 0) return { 'Fn::Sub': text };
  const map = Object.fromEntries([...variables.values()].map(({ name, expression }) => [name, expression]));
  return { 'Fn::Sub': [text, map] };
}

/** The condition of each resource of a template that has one, by logical id. */
export type Conditions = ReadonlyMap<string, string>;

export function conditionsOf(template: unknown): Conditions {
  return new Map(
    parseResources(template).flatMap(({ logicalId, condition }) =>
      condition === undefined ? [] : [[logicalId, condition] as const],
    ),
  );
}

/** Stands for the name of a resource whose condition does not hold; nothing has data under it. */
const NOT_DEPLOYED = 'not-deployed';

function onlyWhere(expression: unknown, conditions: readonly string[]): unknown {
  return conditions.reduce<unknown>(
    (inner, condition) => ({ 'Fn::If': [condition, inner, NOT_DEPLOYED] }),
    expression,
  );
}

/** The conditions of all resources that an expression refers to, each once. */
function conditionsIn(expression: unknown, conditions: Conditions): readonly string[] {
  if (conditions.size === 0) return [];
  // Logical ids are words of their own wherever they stand: in Ref, in Fn::GetAtt, and in the text of Fn::Sub.
  const words = JSON.stringify(expression).match(/[A-Za-z0-9]+/g) ?? [];
  return [...new Set(words.flatMap((word) => conditions.get(word) ?? []))];
}

/** What `Fn::Sub` takes as the name of a variable: `Queue`, or `Queue.Arn`. */
function referenceOf(name: string | undefined, argument: unknown): string | undefined {
  if (name === 'Ref' && typeof argument === 'string') return argument;
  return name === 'Fn::GetAtt' ? attributeOf(argument) : undefined;
}

/** Inside a JSON string, and with the one sequence that `Fn::Sub` would take for its own written as it wants it. */
function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1).replaceAll('${', '${!');
}

function attributeOf(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  if (!Array.isArray(argument) || !argument.every((part) => typeof part === 'string')) return undefined;
  return argument.join('.');
}

function plainlyJoined(argument: unknown): readonly unknown[] | undefined {
  if (!Array.isArray(argument)) return undefined;
  const [delimiter, parts] = argument as readonly unknown[];
  return delimiter === '' && Array.isArray(parts) ? (parts as readonly unknown[]) : undefined;
}
