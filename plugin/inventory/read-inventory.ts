import { readApis } from './apis.ts';
import { readRules, readSchedules, readStateMachines } from './events.ts';
import { readFunctions } from './functions.ts';
import type { Inventory } from './inventory.ts';
import { readQueues, readTopics } from './messaging.ts';
import { readTables } from './tables.ts';
import { resourcesOf } from './template.ts';

export interface ReadInventoryOptions {
  /** The compiled CloudFormation template, as the Serverless Framework writes it into `.serverless`. */
  readonly template: unknown;
  readonly service: string;
  readonly stage: string;
  readonly region: string;
  /** The key in `serverless.yml` of a function, by its deployed name; undefined for what is not there. */
  readonly functionKeyOf?: (deployedName: string) => string | undefined;
}

/**
 * Reads what can be watched out of a compiled CloudFormation template. Pure: the template is not changed.
 *
 * @throws Error when it is no CloudFormation template.
 */
export function readInventory({
  template,
  service,
  stage,
  region,
  functionKeyOf = () => undefined,
}: ReadInventoryOptions): Inventory {
  const resources = resourcesOf(template);
  const functions = readFunctions(resources, functionKeyOf);
  const conditions = new Map(resources.map(({ logicalId, condition }) => [logicalId, condition]));
  const conditional = <Resource extends { readonly logicalId: string }>(
    list: readonly Resource[],
  ): readonly Resource[] =>
    list.map((resource) => {
      const condition = conditions.get(resource.logicalId);
      return condition === undefined ? resource : { ...resource, condition };
    });
  return {
    service,
    stage,
    region,
    functions: conditional(functions),
    queues: conditional(readQueues(resources, functions)),
    topics: conditional(readTopics(resources)),
    tables: conditional(readTables(resources)),
    apis: conditional(readApis(resources)),
    rules: conditional(readRules(resources)),
    schedules: conditional(readSchedules(resources)),
    stateMachines: conditional(readStateMachines(resources)),
  };
}
