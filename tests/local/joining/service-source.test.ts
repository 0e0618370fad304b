import { describe, expect, it } from 'vitest';
import { readSource } from '../../../local/joining/service-source.ts';
import type { ServiceSource, Surroundings } from '../../../local/joining/service-source.ts';
import { lambdaFunction } from '../template/read-template.ts';
import { sourceOf } from './source-of.ts';

/** The environment and the key that a function with these variables has. */
function read(
  Variables: Record<string, unknown>,
  source: Partial<ServiceSource>,
  surroundings: Partial<Surroundings> = {},
) {
  const template = { Resources: { Work: lambdaFunction({ Environment: { Variables } }) } };
  const [codeDirectories, functionKeys] = [{ work: '/packages/work' }, { work: 'doWork' }];
  const result = readSource(sourceOf({ template, codeDirectories, functionKeys, ...source }), {
    queueUrlOf: (name) => name,
    apiPort: () => 3000,
    exports: {},
    takenKeys: new Set(),
    ...surroundings,
  });
  const [work] = result.service.functions;
  return { environment: work?.environment, key: work?.key, warnings: result.warnings };
}

describe('a service that is read where it runs', () => {
  it('has what other services export in the place of what the framework did not know', () => {
    const { environment } = read(
      {
        URL: 'lantern-unresolved:cf:pay-dev.Url',
        WITHIN: 'https://lantern-unresolved:ssm:/pay/host/v1',
        IMPORTED: { 'Fn::ImportValue': 'pay-url' },
      },
      { missing: ['cf:pay-dev.Url', 'ssm:/pay/host'] },
      {
        exports: { 'cf:pay-dev.Url': 'http://x', 'ssm:/pay/host': 'pay.test', 'import:pay-url': 'http://y' },
      },
    );
    expect(environment).toEqual({ URL: 'http://x', WITHIN: 'https://pay.test/v1', IMPORTED: 'http://y' });
  });

  it('tells keys apart of which one begins with the other, known or not', () => {
    const missing = ['ssm:/a', 'ssm:/a.b', 'ssm:/a+'];
    const variables = Object.fromEntries(
      missing.map((key, index) => [`V${index}`, `lantern-unresolved:${key}`]),
    );
    const exports = { 'ssm:/a': 'one' };
    expect(read(variables, { missing }, { exports }).environment).toEqual({
      V0: 'one',
      V1: 'lantern-unresolved:ssm:/a.b',
      V2: 'lantern-unresolved:ssm:/a+',
    });
  });

  it('takes the settings before what others export, and keeps the placeholder for what nobody knows', () => {
    const missing = ['cf:pay-dev.Url', 'cf:pay-dev.Arn'];
    const { environment } = read(
      {
        URL: 'lantern-unresolved:cf:pay-dev.Url',
        ARN: 'lantern-unresolved:cf:pay-dev.Arn',
        OWN: { 'Fn::ImportValue': 'own' },
      },
      { missing, values: { 'import:own': 'set' } },
      { exports: { 'cf:pay-dev.Url': '$& as it is', 'import:own': 'exported' } },
    );
    expect(environment).toEqual({
      URL: '$& as it is',
      ARN: 'lantern-unresolved:cf:pay-dev.Arn',
      OWN: 'set',
    });
  });

  it('names a function by its service where another service has the same key', () => {
    expect(read({}, {}).key).toBe('doWork');
    expect(read({}, {}, { takenKeys: new Set(['doWork', 'other']) }).key).toBe('shop/doWork');
  });
});
