import type { Scope } from './scope.ts';
import { unresolved } from './scope.ts';
import { substitute } from './substitution.ts';
import type { PlainObject } from './template.ts';
import { isPlainObject, shown } from './template.ts';

/**
 * A value of the template with every intrinsic function in it carried out. What `AWS::NoValue` removes is
 * undefined at the top, and absent inside lists and objects.
 *
 * @throws Error that begins with the path, for unknown or circular references and malformed functions.
 */
export const resolve = (value: unknown, path: string, scope: Scope): unknown => {
  if (value === null) return undefined;
  if (typeof value === 'string') return literal(value, path, scope);
  if (Array.isArray(value)) {
    return value
      .map((item: unknown, index) => resolve(item, `${path}.${index}`, scope))
      .filter((item) => item !== undefined);
  }
  if (!isPlainObject(value)) return value;
  const call = intrinsicCall(value);
  if (call !== undefined) return carryOut(call.name, call.argument, path, scope);
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, resolve(item, `${path}.${key}`, scope)] as const)
      .filter(([, item]) => item !== undefined),
  );
};

/** @throws Error when the value does not resolve to a string, number or boolean. */
export const resolveText = (value: unknown, path: string, scope: Scope): string => {
  const resolved = resolve(value, path, scope);
  if (typeof resolved === 'string') return resolved;
  if (typeof resolved === 'number' || typeof resolved === 'boolean') return String(resolved);
  throw new Error(`${path}: expected text, got ${shown(resolved)}`);
};

type Intrinsic = (argument: unknown, path: string, scope: Scope) => unknown;

const intrinsics = new Map<string, Intrinsic>([
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

const intrinsicCall = (value: PlainObject): { name: string; argument: unknown } | undefined => {
  const [entry, ...others] = Object.entries(value);
  if (entry === undefined || others.length > 0) return undefined;
  const [name, argument] = entry;
  return name === 'Ref' || name.startsWith('Fn::') ? { name, argument } : undefined;
};

const carryOut = (name: string, argument: unknown, path: string, scope: Scope): unknown => {
  const intrinsic = intrinsics.get(name);
  if (intrinsic !== undefined) return intrinsic(argument, `${path}.${name}`, scope);
  scope.warn(`${path}: ${name} is not carried out locally; a placeholder stands in its place`);
  return unresolved(name);
};

const literal = (text: string, path: string, scope: Scope): string => {
  if (text.includes('{{resolve:')) {
    scope.warn(`${path}: the dynamic reference ${text} is not looked up locally and stays as it is`);
  }
  return text;
};

const literalName = (argument: unknown, path: string): string => {
  if (typeof argument === 'string') return argument;
  throw new Error(`${path}: expected a name, got ${shown(argument)}`);
};

function getAttribute(argument: unknown, path: string, scope: Scope): unknown {
  const parts: unknown[] = typeof argument === 'string' ? splitOnce(argument) : listOf(argument, path);
  if (parts.length !== 2) {
    throw new Error(`${path}: expected [logical id, attribute], got ${shown(argument)}`);
  }
  return scope.attribute(literalName(parts[0], path), resolveText(parts[1], path, scope), path);
}

/** `Table.Arn`, and `Stack.Outputs.Url`: the logical id ends at the first dot. */
const splitOnce = (dotted: string): string[] => {
  const dot = dotted.indexOf('.');
  return dot === -1 ? [dotted] : [dotted.slice(0, dot), dotted.slice(dot + 1)];
};

function sub(argument: unknown, path: string, scope: Scope): string {
  const parts: unknown[] = Array.isArray(argument) ? argument : [argument];
  const [pattern, variables = {}] = parts;
  if (typeof pattern !== 'string' || !isPlainObject(variables)) {
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
  if (isPlainObject(options) && 'DefaultValue' in options) return resolve(options.DefaultValue, path, scope);
  throw new Error(`${path}: the template's Mappings have no ${keys.join('.')}`);
}

function importValue(argument: unknown, path: string, scope: Scope): string {
  const name = resolveText(argument, path, scope);
  scope.warn(
    `${path}: the export ${name} of another stack is not known locally; a placeholder stands for it`,
  );
  return unresolved(name);
}

function availabilityZones(argument: unknown, path: string, scope: Scope): string[] {
  const region = resolveText(argument, path, scope);
  return ['a', 'b', 'c'].map((zone) => `${region === '' ? scope.region : region}${zone}`);
}

const listOf = (argument: unknown, path: string): unknown[] => {
  if (Array.isArray(argument)) return argument;
  throw new Error(`${path}: expected a list, got ${shown(argument)}`);
};

const resolveList = (items: unknown, path: string, scope: Scope): unknown[] =>
  listOf(resolve(items, path, scope), path);
