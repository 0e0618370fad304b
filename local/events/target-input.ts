/** What a target of a rule gets: the event, a part of it, something fixed, or a template that is filled in. */
import type { JsonObject } from '../json.ts';
import { isObject, without } from '../json.ts';
import type { RuleTargetDefinition } from '../template/service.ts';

/** What a template may name of a rule besides the parts of the event. */
interface RuleNames {
  readonly name: string;
  readonly arn: string;
}

/** The text that a target gets; JSON, unless a template says otherwise ("Amazon EventBridge input transformation"). */
export function targetInput(target: RuleTargetDefinition, event: JsonObject, rule: RuleNames): string {
  const { input, inputPath, inputTransformer } = target;
  if (input !== undefined) return input;
  if (inputTransformer !== undefined) return fillIn(inputTransformer, event, rule);
  return JSON.stringify((inputPath === undefined ? event : valueAt(inputPath, event)) ?? null);
}

/** `$.detail.items[0].sku`, also with `*` for every element: the only paths that EventBridge knows. */
const STEP = /\.([\w\-/]+|\*)|\[(\d+|\*)\]|\[['"]([^'"\]]+)['"]\]/y;

/** @returns undefined where there is nothing, or where the path is none. */
function valueAt(path: string, event: JsonObject): unknown {
  if (!path.startsWith('$')) return undefined;
  let found: readonly unknown[] = [event];
  let isList = false;
  STEP.lastIndex = 1;
  for (let end = 1; end < path.length; end = STEP.lastIndex) {
    const step = STEP.exec(path);
    if (step === null) return undefined;
    const [, field, index, quoted] = step;
    const name = field ?? index ?? quoted ?? '';
    if (name === '*' && quoted === undefined) {
      isList = true;
      found = found.flatMap((value) =>
        typeof value === 'object' && value !== null ? Object.values(value as Record<string, unknown>) : [],
      );
    } else found = found.flatMap((value) => childOf(value, name));
  }
  return isList ? found : found[0];
}

function childOf(value: unknown, name: string): unknown[] {
  if (Array.isArray(value))
    return /^\d+$/.test(name) && Number(name) < value.length ? [value[Number(name)]] : [];
  return isObject(value) && Object.hasOwn(value, name) ? [value[name]] : [];
}

const PLACEHOLDER = /<([^<>\s]+)>/g;

/**
 * Puts the values in their places: within quotes as text, elsewhere as JSON. A variable that finds nothing in the event leaves
 * an empty text.
 */
function fillIn(
  { paths, template }: NonNullable<RuleTargetDefinition['inputTransformer']>,
  event: JsonObject,
  rule: RuleNames,
): string {
  const own: Readonly<Record<string, unknown>> = {
    'aws.events.rule-arn': rule.arn,
    'aws.events.rule-name': rule.name,
    'aws.events.event.ingestion-time': event.time,
    'aws.events.event': without(event, 'detail'),
    'aws.events.event.json': event,
  };
  const isJson = /^\s*[{["]/.test(template);
  let isQuoted = false;
  let read = 0;
  return template.replaceAll(PLACEHOLDER, (all, name: string, offset: number) => {
    const path = Object.hasOwn(paths, name) ? paths[name] : undefined;
    if (path === undefined && !Object.hasOwn(own, name)) return all;
    for (const [quote] of template.slice(read, offset).matchAll(/\\.|"/g))
      if (quote === '"') isQuoted = !isQuoted;
    read = offset;
    const value = path === undefined ? own[name] : valueAt(path, event);
    if (isJson && !isQuoted) return JSON.stringify(value ?? '');
    const text = typeof value === 'string' ? value : JSON.stringify(value ?? '');
    if (value === undefined) return '';
    return isQuoted ? JSON.stringify(text).slice(1, -1) : text;
  });
}
