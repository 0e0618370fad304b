/** What CloudFormation writes in place of a value, and whom it speaks of: for those who write templates back. */
import { isObject } from '../json.ts';

/** A text, or an expression such as `{ Ref: 'OrdersTable' }` or `{ 'Fn::GetAtt': ['Queue', 'QueueName'] }`. */
export type Expression = string | Readonly<Record<string, unknown>>;

export function ref(logicalId: string): Expression {
  return { Ref: logicalId };
}

export function getAttribute(logicalId: string, attribute: string): Expression {
  return { 'Fn::GetAtt': [logicalId, attribute] };
}

/** Whether it is the expression with which a template says that a property is not set. */
export function isNoValue(value: unknown): boolean {
  return isObject(value) && value.Ref === 'AWS::NoValue';
}

/** The intrinsic function that a value is, if it is one: `{ Ref: … }`, or an object with one member `Fn::…`. */
export function intrinsicOf(
  value: unknown,
): { readonly name: string; readonly argument: unknown } | undefined {
  if (!isObject(value)) return undefined;
  const [entry, ...others] = Object.entries(value);
  if (entry === undefined || others.length > 0) return undefined;
  const [name, argument] = entry;
  return name === 'Ref' || name.startsWith('Fn::') ? { name, argument } : undefined;
}

/** Logical id and attribute of the argument of `Fn::GetAtt`: the logical id of `Stack.Outputs.Url` ends at the first dot. */
export function attributeParts(argument: unknown): readonly unknown[] {
  if (typeof argument !== 'string') return Array.isArray(argument) ? (argument as unknown[]) : [];
  const dot = argument.indexOf('.');
  return dot === -1 ? [argument] : [argument.slice(0, dot), argument.slice(dot + 1)];
}

/** `${Name}`, `${Name.Attribute}`, `${AWS::Region}`; `${!Name}` stands for the text `${Name}` itself. */
const VARIABLE = /\$\{(!?)([^}]*)\}/g;

/** The text of `Fn::Sub` with every variable replaced by what `valueOf` gives for it. */
export function substitute(pattern: string, valueOf: (name: string) => string): string {
  return pattern.replaceAll(VARIABLE, (_match, escape: string, name: string) =>
    escape === '!' ? `\${${name}}` : valueOf(name),
  );
}

/**
 * The logical id that `{ Ref }`, `{ 'Fn::GetAtt' }` or an `Fn::Sub` or `Fn::Join` around a single one of them speaks of; of a
 * list, the one that all of it speaks of.
 */
export function logicalIdIn(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    const found = new Set(value.map(logicalIdIn).filter((id) => id !== undefined));
    return found.size === 1 ? [...found][0] : undefined;
  }
  if (!isObject(value)) return undefined;
  const { Ref: reference, 'Fn::GetAtt': attribute, 'Fn::Sub': substitution, 'Fn::Join': join } = value;
  if (typeof reference === 'string') return reference.startsWith('AWS::') ? undefined : reference;
  if (attribute !== undefined) {
    const [logicalId] = attributeParts(attribute);
    return typeof logicalId === 'string' ? logicalId : undefined;
  }
  if (substitution !== undefined) return inSubstitution(substitution);
  return Array.isArray(join) ? logicalIdIn(join[1]) : undefined;
}

function inSubstitution(substitution: unknown): string | undefined {
  const [text, variables] = [substitution].flat();
  if (typeof text !== 'string') return undefined;
  const given = isObject(variables) ? variables : {};
  const names = [...text.matchAll(VARIABLE)]
    .filter(([, escape, name = '']) => escape !== '!' && !name.startsWith('AWS::'))
    .map(([, , name = '']) => name);
  const [name, ...others] = names;
  if (name === undefined || others.length > 0) return undefined;
  return Object.hasOwn(given, name) ? logicalIdIn(given[name]) : name.split('.')[0];
}
