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
  return {
    service,
    stage,
    region,
    functions,
    queues: readQueues(resources, functions),
    topics: readTopics(resources),
    tables: readTables(resources),
    apis: readApis(resources),
    rules: readRules(resources),
    schedules: readSchedules(resources),
    stateMachines: readStateMachines(resources),
  };
}
