import { resourcesOf } from '../inventory/template.ts';

/** The condition of each resource of a template that has one, by logical id. */
export type Conditions = ReadonlyMap<string, string>;

export function conditionsOf(template: unknown): Conditions {
  return new Map(
    resourcesOf(template).flatMap(({ logicalId, condition }) =>
      condition === undefined ? [] : [[logicalId, condition] as const],
    ),
  );
}
