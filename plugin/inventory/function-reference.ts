import type { TemplateResource } from './template.ts';
import { logicalIdIn } from './template.ts';

/**
 * The logical id of the function that a property speaks of: by reference, by way of one of its aliases or versions, or by
 * name or ARN.
 */
export function functionIdOf(value: unknown, resources: readonly TemplateResource[]): string | undefined {
  if (typeof value === 'string') {
    const name = /:function:([^:]+)/.exec(value)?.[1] ?? value;
    return resources.find(
      ({ type, properties }) => type === 'AWS::Lambda::Function' && properties.FunctionName === name,
    )?.logicalId;
  }
  const referred = resources.find(({ logicalId }) => logicalId === logicalIdIn(value));
  if (referred?.type === 'AWS::Lambda::Function') return referred.logicalId;
  if (referred?.type === 'AWS::Lambda::Alias' || referred?.type === 'AWS::Lambda::Version') {
    return functionIdOf(referred.properties.FunctionName, resources);
  }
  return undefined;
}
