import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { resourceOf } from '../../../../local/xray/graph/resource.ts';
import { embedded } from '../fixtures.ts';

const page = readFileSync(new URL('../../../../docs/service-map.md', import.meta.url), 'utf8');
const rows = Array.from(
  page.matchAll(/^\| (`[a-z_]+`(?:, `[a-z_]+`)*) +\| [^|]+ \| `(AWS::[A-Za-z0-9:]+)` +\|$/gm),
  ([, attributes = '', type = '']) =>
    Array.from(attributes.matchAll(/`([a-z_]+)`/g), ([, name = '']) => [name, type]),
).flat() as [attribute: string, type: string][];

describe('docs/service-map.md', () => {
  it.each(rows)('says what a call with %s makes a node of: %s', (attribute, type) => {
    const call = embedded(1, { namespace: 'aws', aws: { [attribute]: 'some-name' } });
    expect(resourceOf(call)).toEqual({ name: 'some-name', type });
  });

  it('names the attributes that the clients of this project write', () => {
    const source = readFileSync(new URL('../../../../src/clients/aws-resource.ts', import.meta.url), 'utf8');
    const written = Array.from(source.matchAll(/^ +\['\w+', '(\w+)'\],$/gm), ([, name]) => name);
    expect(written.length).toBeGreaterThan(9);
    const known = new Set(rows.map(([attribute]) => attribute));
    // Of an execution the state machine is not named, and a group is no schedule.
    const others = ['execution_arn', 'schedule_group_name'];
    expect(
      written.filter((name) => name !== undefined && !known.has(name) && !others.includes(name)),
    ).toEqual([]);
  });
});
