import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { carriers } from '../../../src/clients/carriers.ts';
import { eventSources } from '../../../src/propagation/event-sources.ts';
import { sourceTable } from './source-table.ts';

const PAGE = new URL('../../../docs/correlation.md', import.meta.url);
const TABLE = /(?<=<!-- prettier-ignore-start -->\n\n)[^]*?(?=\n\n<!-- prettier-ignore-end -->)/;

describe('docs/correlation.md', () => {
  it('has the table that the code describes; `npx vitest run tests/src/propagation -u` writes it anew', async () => {
    const page = readFileSync(PAGE, 'utf8');
    expect(page).toMatch(TABLE);
    await expect(page.replace(TABLE, () => sourceTable())).toMatchFileSnapshot(PAGE.pathname);
  });

  it('names a sender for everything that our clients write', () => {
    const senders = new Set(
      eventSources.flatMap((source) => source.readings.flatMap(({ senders = [] }) => [...senders])),
    );
    expect(new Set([...carriers.map(({ client }) => client), 'HTTP'])).toEqual(senders);
  });
});
