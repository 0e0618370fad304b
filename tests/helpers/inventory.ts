import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Inventory } from '../../local/template/index.ts';
import { readInventory } from '../../local/template/index.ts';

const TEMPLATES = join(import.meta.dirname, '../fixtures/templates');

/** Resources of a template as the framework writes it: everything that Lambda can be fed from, or the shop. */
export function readTemplate(name: 'every-event' | 'shop'): { Resources: Record<string, unknown> } {
  return JSON.parse(readFileSync(join(TEMPLATES, `${name}.json`), 'utf8')) as {
    Resources: Record<string, unknown>;
  };
}

/** The inventory of some resources, for a service `shop` in the stage `dev`; functions go by the end of their name. */
export function inventoryOf(resources: Readonly<Record<string, unknown>>): Inventory {
  return readInventory({
    template: { Resources: resources },
    service: 'shop',
    stage: 'dev',
    region: 'eu-west-1',
    functionKeyOf: (name) => name.replace('shop-dev-', ''),
  });
}

/** A function with a log group of its own, as the framework writes both. */
export function functionResources(
  id: string,
  name: string,
  properties: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    [`${id}LambdaFunction`]: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: `shop-dev-${name}`,
        Timeout: 6,
        MemorySize: 512,
        LoggingConfig: { LogFormat: 'JSON' },
        ...properties,
      },
    },
    [`${id}LogGroup`]: {
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: `/aws/lambda/shop-dev-${name}` },
    },
  };
}
