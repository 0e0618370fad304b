import { stableUuid } from './physical-names.ts';
import type { Place } from './place.ts';
import { arnOf } from './place.ts';
import type { Scope } from './scope.ts';
import { unresolved } from './scope.ts';
import type { PlainObject } from './template.ts';

/**
 * What `Ref` gives for `AWS::Region` and its like; undefined for `AWS::NoValue`.
 *
 * @throws Error that begins with the path when CloudFormation has no pseudo parameter of that name.
 */
export const pseudoParameter = (name: string, path: string, place: Place): unknown => {
  switch (name) {
    case 'AWS::Region':
      return place.region;
    case 'AWS::AccountId':
      return place.accountId;
    case 'AWS::Partition':
      return place.partition;
    case 'AWS::URLSuffix':
      return place.urlSuffix;
    case 'AWS::StackName':
      return place.stackName;
    case 'AWS::StackId':
      return arnOf(place, 'cloudformation', `stack/${place.stackName}/${stableUuid(place.stackName)}`);
    case 'AWS::NotificationARNs':
      return [];
    case 'AWS::NoValue':
      return undefined;
    default:
      throw new Error(`${path}: ${name} is not a pseudo parameter of CloudFormation`);
  }
};

/**
 * What `Ref` gives for a parameter of the template: the value given for it, or its default.
 *
 * @throws Error that begins with the path when it has neither.
 */
export const parameterValue = (
  name: string,
  declaration: PlainObject,
  given: string | undefined,
  asked: { readonly path: string; readonly scope: Pick<Scope, 'warn'> },
): unknown => {
  const { Type: type, Default: fallback } = declaration;
  const value = given ?? fallback;
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw new Error(`${asked.path}: the template's parameter ${name} has no default: give it a value`);
  }
  const kind = typeof type === 'string' ? type : 'String';
  if (given === undefined && kind.startsWith('AWS::SSM::Parameter::Value')) {
    asked.scope.warn(
      `${asked.path}: the SSM parameter ${value} is not looked up locally; a placeholder stands for it`,
    );
    return unresolved(String(value));
  }
  const isList = kind === 'CommaDelimitedList' || kind.startsWith('List<');
  return isList
    ? String(value)
        .split(',')
        .map((item) => item.trim())
    : value;
};
