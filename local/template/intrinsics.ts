import { isObject } from '../json.ts';
import { attributeParts, intrinsicOf, substitute } from './expressions.ts';
import { shown } from './template.ts';

/**
 * What an intrinsic function may look up. Every `path` is where in the template the question was asked,
 * for example `Resources.Orders.Properties.QueueName`: errors and warnings begin with it.
 */
export interface Scope {
  readonly region: string;
  /** `Ref`: a pseudo parameter, a parameter, or a resource; undefined for `AWS::NoValue`. */
  reference(name: string, path: string): unknown;
  /** `Fn::GetAtt`. */
  attribute(logicalId: string, attribute: string, path: string): unknown;
  /** Whether the condition of that name holds. */
  condition(name: string, path: string): boolean;
  /** `Fn::FindInMap`, unresolved; undefined where the mapping has no such keys. */
  mapping(mapName: string, topLevelKey: string, secondLevelKey: string): unknown;
  /** What a setting says of a value that only AWS has, by the name of its placeholder; undefined where none does. */
  known(key: string): unknown;
  /** Something that will differ from AWS, in a sentence. */
  warn(message: string): void;
}

/** What a placeholder begins with; the key of the value follows. */
export const PLACEHOLDER = 'lantern-unresolved:';

/** Stands where a value is known to AWS only, so that it is recognised wherever it turns up. */
function unresolved(what: string): string {
  return PLACEHOLDER + what;
}

/** What a setting says of a value, or the placeholder for it, with a warning. */
export function valueOf(
  key: string,
  scope: Pick<Scope, 'known' | 'warn'>,
  warning: (key: string) => string,
): unknown {
  const known = scope.known(key);
  if (known !== undefined) return known;
  scope.warn(warning(key));
  return unresolved(key);
}

/** How a value is given, for warnings. */
export function instead(key: string): string {
  return `a placeholder stands for it, unless custom.lantern.local.values has "${key}"`;
}

/**
 * A value of the template with every intrinsic function in it carried out. What `AWS::NoValue` removes is
 * undefined at the top, and absent inside lists and objects.
 *
 * @throws Error that begins with the path, for unknown or circular references and malformed functions.
 */
export function resolve(value: unknown, path: string, scope: Scope): unknown {
  if (value === null) return undefined;
  if (typeof value === 'string') return literal(value, path, scope);
  if (Array.isArray(value)) {
    return value
      .map((item: unknown, index) => resolve(item, `${path}.${index}`, scope))
      .filter((item) => item !== undefined);
  }
  if (!isObject(value)) return value;
  const call = intrinsicOf(value);
  if (call !== undefined) return callIntrinsic(call.name, call.argument, path, scope);
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, resolve(item, `${path}.${key}`, scope)] as const)
      .filter(([, item]) => item !== undefined),
  );
}

/** @throws Error when the value does not resolve to a string, number or boolean. */
export function resolveText(value: unknown, path: string, scope: Scope): string {
  const resolved = resolve(value, path, scope);
  if (typeof resolved === 'string') return resolved;
  if (typeof resolved === 'number' || typeof resolved === 'boolean') return String(resolved);
  throw new Error(`${path}: expected text, got ${shown(resolved)}`);
}

type Intrinsic = (argument: unknown, path: string, scope: Scope) => unknown;

const INTRINSICS = new Map<string, Intrinsic>([
  ['Ref', (argument, path, scope) => scope.reference(literalName(argument, path), path)],
  ['Fn::GetAtt', getAttribute],
  ['Fn::Sub', sub],
  ['Fn::Join', join],
  ['Fn::Select', select],
  ['Fn::Split', split],
  ['Fn::If', ifCondition],
  ['Fn::FindInMap', findInMap],
  [
    'Fn::Base64',
    (argument, path, scope) => Buffer.from(resolveText(argument, path, scope)).toString('base64'),
  ],
  ['Fn::ImportValue', importValue],
  ['Fn::GetAZs', availabilityZones],
]);

function callIntrinsic(name: string, argument: unknown, path: string, scope: Scope): unknown {
  const intrinsic = INTRINSICS.get(name);
  if (intrinsic !== undefined) return intrinsic(argument, `${path}.${name}`, scope);
  scope.warn(`${path}: ${name} is not carried out locally; a placeholder stands in its place`);
  return unresolved(name);
}

function literal(text: string, path: string, scope: Scope): string {
  return text.replaceAll(DYNAMIC_REFERENCE, (reference, written: string) => {
    const value = valueOf(
      dynamicKey(written),
      scope,
      (key) => `${path}: the dynamic reference ${reference} is not looked up locally; ${instead(key)}`,
    );
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}

/** `{{resolve:ssm:/shop/key:3}}`. */
const DYNAMIC_REFERENCE = /\{\{resolve:([^{}]+)\}\}/g;

/** Without the version, and however the parameter is kept: settings have one value of it. */
function dynamicKey(written: string): string {
  const [, parameter] = /^ssm(?:-secure)?:(.+?)(?::\d+)?$/.exec(written) ?? [];
  return parameter === undefined ? written.replace(/:+$/, '') : `ssm:${parameter}`;
}

function literalName(argument: unknown, path: string): string {
  if (typeof argument === 'string') return argument;
  throw new Error(`${path}: expected a name, got ${shown(argument)}`);
}

function getAttribute(argument: unknown, path: string, scope: Scope): unknown {
  const parts = typeof argument === 'string' ? attributeParts(argument) : listOf(argument, path);
  if (parts.length !== 2) {
    throw new Error(`${path}: expected [logical id, attribute], got ${shown(argument)}`);
  }
  return scope.attribute(literalName(parts[0], path), resolveText(parts[1], path, scope), path);
}

function sub(argument: unknown, path: string, scope: Scope): string {
  const parts: unknown[] = Array.isArray(argument) ? argument : [argument];
  const [pattern, variables = {}] = parts;
  if (typeof pattern !== 'string' || !isObject(variables)) {
    throw new Error(`${path}: expected a string, or [string, variables], got ${shown(argument)}`);
  }
  return substitute(literal(pattern, path, scope), (name) => {
    if (Object.hasOwn(variables, name)) return resolveText(variables[name], `${path}.${name}`, scope);
    const call = name.includes('.') ? { 'Fn::GetAtt': name } : { Ref: name };
    return resolveText(call, `${path}.\${${name}}`, scope);
  });
}

function join(argument: unknown, path: string, scope: Scope): string {
  const [delimiter, items] = listOf(argument, path);
  if (typeof delimiter !== 'string') {
    throw new Error(`${path}: expected [delimiter, list], got ${shown(argument)}`);
  }
  return resolveList(items, path, scope)
    .map((item) => resolveText(item, path, scope))
    .join(delimiter);
}

function select(argument: unknown, path: string, scope: Scope): unknown {
  const [index, items] = listOf(argument, path);
  const list = resolveList(items, path, scope);
  const position = Number(resolveText(index, path, scope));
  if (!Object.hasOwn(list, position)) {
    throw new Error(`${path}: there is no item ${position} in ${shown(list)}`);
  }
  return list[position];
}

function split(argument: unknown, path: string, scope: Scope): string[] {
  const [delimiter, text] = listOf(argument, path);
  if (typeof delimiter !== 'string') {
    throw new Error(`${path}: expected [delimiter, text], got ${shown(argument)}`);
  }
  return resolveText(text, path, scope).split(delimiter);
}

function ifCondition(argument: unknown, path: string, scope: Scope): unknown {
  const [condition, whenTrue, whenFalse] = listOf(argument, path);
  const holds = scope.condition(literalName(condition, path), path);
  return resolve(holds ? whenTrue : whenFalse, path, scope);
}

function findInMap(argument: unknown, path: string, scope: Scope): unknown {
  const [mapName, topLevelKey, secondLevelKey, options] = listOf(argument, path);
  const keys = [mapName, topLevelKey, secondLevelKey].map((key) => resolveText(key, path, scope));
  const [map = '', top = '', second = ''] = keys;
  const found = scope.mapping(map, top, second);
  if (found !== undefined) return resolve(found, path, scope);
  if (isObject(options) && 'DefaultValue' in options) return resolve(options.DefaultValue, path, scope);
  throw new Error(`${path}: the template's Mappings have no ${keys.join('.')}`);
}

function importValue(argument: unknown, path: string, scope: Scope): unknown {
  const name = resolveText(argument, path, scope);
  return valueOf(
    `import:${name}`,
    scope,
    (key) => `${path}: the export ${name} of another stack is not known locally; ${instead(key)}`,
  );
}

function availabilityZones(argument: unknown, path: string, scope: Scope): string[] {
  const region = resolveText(argument, path, scope);
  return ['a', 'b', 'c'].map((zone) => `${region === '' ? scope.region : region}${zone}`);
}

function listOf(argument: unknown, path: string): unknown[] {
  if (Array.isArray(argument)) return argument;
  throw new Error(`${path}: expected a list, got ${shown(argument)}`);
}

function resolveList(items: unknown, path: string, scope: Scope): unknown[] {
  return listOf(resolve(items, path, scope), path);
}

/**
 * What an expression of the Conditions section says: `Fn::Equals`, `Fn::And`, `Fn::Or`, `Fn::Not` and
 * references to other conditions.
 *
 * @throws Error that begins with the path, for anything else.
 */
export function evaluateCondition(expression: unknown, path: string, scope: Scope): boolean {
  const entries = isObject(expression) ? Object.entries(expression) : [];
  const [entry] = entries;
  if (entry === undefined || entries.length !== 1) {
    throw new Error(`${path}: expected one condition function, got ${shown(expression)}`);
  }
  const [name, argument] = entry;
  if (name === 'Condition' && typeof argument === 'string') return scope.condition(argument, path);

  const operands: unknown[] = Array.isArray(argument) ? argument : [];
  const holds = (operand: unknown) => evaluateCondition(operand, `${path}.${name}`, scope);
  const [left, right] = operands;
  switch (name) {
    case 'Fn::Equals':
      return resolveText(left, `${path}.${name}`, scope) === resolveText(right, `${path}.${name}`, scope);
    case 'Fn::And':
      return operands.every(holds);
    case 'Fn::Or':
      return operands.some(holds);
    case 'Fn::Not':
      return !holds(left);
    default:
      throw new Error(
        `${path}: expected Condition, Fn::Equals, Fn::And, Fn::Or or Fn::Not, got ${shown(expression)}`,
      );
  }
}
