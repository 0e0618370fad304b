import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMPLEX_KEYWORDS, keywordsIn } from '../../../../local/xray/filter/keywords.ts';
import { parseFilter } from '../../../../local/xray/filter/parse-filter.ts';
import { printFilter } from '../../../../local/xray/filter/write-filter.ts';

const page = readFileSync(new URL('../../../../docs/searching.md', import.meta.url), 'utf8');
const examples = Array.from(page.matchAll(/```filter\n(.*?)```/gs), ([, block = '']) =>
  block.trim().split('\n'),
).flat();

describe('docs/searching.md', () => {
  it.each(examples)('has an example that is read: %s', (example) => {
    const expression = parseFilter(example);
    expect(parseFilter(printFilter(expression))).toEqual(expression);
  });

  it('names every keyword', () => {
    const scopes = [
      'trace',
      'service',
      'edge',
      'cause service',
      'cause exception',
      'response time entity',
    ] as const;
    const names = new Set(scopes.flatMap((scope) => keywordsIn(scope).map(({ name }) => name)));
    const complex = COMPLEX_KEYWORDS.filter(
      (name) => !name.startsWith('rootcause.') || name.includes('fault'),
    );
    expect([...names, ...complex].filter((name) => !page.includes(`\`${name}`))).toEqual([]);
  });
});
