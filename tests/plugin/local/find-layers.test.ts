import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findLayers } from '../../../plugin/local/find-layers.ts';

const SHARED = 'arn:aws:lambda:eu-west-1:111122223333:layer:shared';
const COMMON = 'arn:aws:lambda:eu-west-1:000000000000:layer:common-name:1';
const common = { arn: COMMON, name: 'common-name', logicalId: 'CommonLambdaLayer' };
const shared = { arn: `${SHARED}:7`, name: 'shared' };

let serviceDir: string;
beforeAll(() => {
  serviceDir = mkdtempSync(join(tmpdir(), 'lantern-find-layers-'));
  for (const name of ['one', 'other']) mkdirSync(join(serviceDir, name));
  writeFileSync(join(serviceDir, 'layer.zip'), '');
});
afterAll(() => rmSync(serviceDir, { recursive: true }));

function find(
  layers: readonly { arn: string; name: string; logicalId?: string }[],
  settings: Record<string, string> = {},
  packing: ReadonlyMap<string, string> = new Map(),
) {
  const service = {
    service: 'shop',
    provider: {},
    functions: {},
    layers: {
      common: { name: 'common-name', path: 'one', package: { artifact: 'packed/common.zip' } },
      built: { package: { artifact: 'layer.zip' } },
      unpacked: { path: 'other' },
    },
  };
  return findLayers({ service, serviceDir }, new Map([['work', { layers }]]), settings, packing);
}

describe('a layer', () => {
  it.each([
    ['its ARN', { [`${SHARED}:7`]: 'one', shared: 'other' }],
    ['its ARN without a version', { [SHARED]: 'one', shared: 'other' }],
    ['its name', { shared: 'one' }],
    ['its name, with an absolute path', 'absolute'],
  ])('is where the settings say it, by %s', (_what, settings) => {
    const given =
      settings === 'absolute' ? { shared: join(serviceDir, 'one') } : (settings as Record<string, string>);
    const { found, problems } = find([shared], given);
    expect(found.get('work')).toEqual([{ arn: shared.arn, path: join(serviceDir, 'one') }]);
    expect(problems.size).toBe(0);
  });

  it('of the service is what was packed of it, unless the settings say otherwise, also by its logical id', () => {
    const packed = (key: string) => ({
      arn: COMMON.replace('common-name', key),
      name: key,
      logicalId: 'Some',
    });
    const { found } = find([common, packed('built'), packed('unpacked')]);
    expect(found.get('work')).toEqual([
      { arn: COMMON, path: join(serviceDir, 'packed/common.zip'), packedAs: 'common' },
      { arn: packed('built').arn, path: join(serviceDir, 'layer.zip') },
      {
        arn: packed('unpacked').arn,
        path: join(serviceDir, '.serverless/unpacked.zip'),
        packedAs: 'unpacked',
      },
    ]);
    expect(find([common], { CommonLambdaLayer: 'layer.zip' }).found.get('work')).toEqual([
      { arn: COMMON, path: join(serviceDir, 'layer.zip') },
    ]);
  });

  it('of an account is not here without a setting, also where one of the service has its name', () => {
    expect(find([shared, { arn: 'arn:of:other', name: 'common-name' }]).found.size).toBe(0);
    expect(find([{ ...common, name: 'raw', logicalId: 'Raw' }]).found.size).toBe(0);
  });

  it('keeps its functions from running where what is to be it is not there', () => {
    const { problems } = find([shared], { shared: 'nowhere' });
    expect(problems.get('work')).toMatch(
      /^its layer shared is to be .*nowhere, .*custom\.lantern\.local\.layers\.shared/,
    );
    expect(find([common], {}, new Map([['common', 'it is not built']])).problems.get('work')).toBe(
      'it is not built',
    );
  });

  it('that no function has is said to be of no use, with what they have', () => {
    expect(find([shared], { shard: 'one', shared: 'one' }).unused).toEqual([
      `custom.lantern.local.layers.shard: no function that runs here has such a layer; the functions have ${SHARED}:7`,
    ]);
    expect(find([], { shared: 'one' }).unused).toEqual([
      'custom.lantern.local.layers.shared: no function that runs here has such a layer; no function has layers',
    ]);
  });
});
