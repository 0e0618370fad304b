import { apisToWatch } from './apis/apis.ts';
import { rulesToWatch, schedulesToWatch, stateMachinesToWatch } from './events.ts';
import { functionsToWatch } from './functions.ts';
import type { Inventory } from './inventory.ts';
import { queuesToWatch } from './queues.ts';
import { writtenResources } from './resources.ts';
import { tablesToWatch } from './tables.ts';
import { parseResources } from './template.ts';
import { topicsToWatch } from './topics.ts';

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
  const resources = writtenResources(parseResources(template));
  const functions = functionsToWatch(resources, functionKeyOf);
  return {
    service,
    stage,
    region,
    functions,
    queues: queuesToWatch(resources, functions),
    topics: topicsToWatch(resources),
    tables: tablesToWatch(resources),
    apis: apisToWatch(resources, functions),
    rules: rulesToWatch(resources),
    schedules: schedulesToWatch(resources),
    stateMachines: stateMachinesToWatch(resources),
  };
}
