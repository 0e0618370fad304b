import { join } from 'node:path';
import type { FunctionDefinition } from '../../../local/template/service.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/lambda-functions');

/** The function of `actions.js`, unless told otherwise. */
export function functionDefinition(overrides: Partial<FunctionDefinition> = {}): FunctionDefinition {
  const name = overrides.name ?? 'shop-local-actions';
  return {
    name,
    key: name.replace('shop-local-', ''),
    arn: `arn:aws:lambda:eu-central-1:000000000000:function:${name}`,
    handler: 'actions.handler',
    codeDirectory: fixtures,
    runtime: 'nodejs24.x',
    memorySize: 256,
    timeout: 30,
    environment: {},
    tracingMode: 'Active',
    logFormat: 'Text',
    logGroup: `/aws/lambda/${name}`,
    ...overrides,
  };
}
