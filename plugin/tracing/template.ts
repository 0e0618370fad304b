/** A CloudFormation template as far as tracing on demand changes it. */

import type { Properties } from '../../local/template/index.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties: Properties;
}

/** By logical id. */
export type Resources = Readonly<Record<string, Resource>>;

export interface ChangedTemplate {
  /** All resources, those that changed replaced. */
  readonly resources: Resources;
  readonly warnings: readonly string[];
}

/** @throws Error when the template has no function of that name. */
export function functionNamed(resources: Resources, name: string): readonly [string, Resource] {
  const found = Object.entries(resources).find(
    ([, { Type, Properties }]) => Type === 'AWS::Lambda::Function' && Properties.FunctionName === name,
  );
  if (found === undefined) throw new Error(`The compiled template has no function with the name ${name}.`);
  return found;
}

export function withProperties(resource: Resource, properties: Properties): Resource {
  return { ...resource, Properties: { ...resource.Properties, ...properties } };
}
