import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { injections } from '../../../src/clients/injections.ts';
import { eventSources } from '../../../src/propagation/event-sources.ts';
import { READINGS, readingsOf } from './readings.ts';
import { sourceTable } from './source-table.ts';

const PAGE = new URL('../../../docs/correlation.md', import.meta.url);
const TABLE = /(?<=<!-- prettier-ignore-start -->\n\n)[^]*?(?=\n\n<!-- prettier-ignore-end -->)/;

describe('docs/correlation.md', () => {
  it('has a line for everything that is read and written; `npx vitest run tests/src/propagation -u` writes it anew', async () => {
    const page = readFileSync(PAGE, 'utf8');
    expect(page).toMatch(TABLE);
    await expect(page.replace(TABLE, () => sourceTable())).toMatchFileSnapshot(PAGE.pathname);
  });

  it('asks for a description of every event source, and has none of what is no source', () => {
    expect(Object.keys(READINGS).sort()).toEqual(eventSources.map(({ name }) => name).sort());
    expect(() => readingsOf('iot-button')).toThrow(
      'Nothing says what the event source "iot-button" reads: describe it in tests/src/propagation/readings.ts',
    );
  });

  it('names a sender for everything that our clients write', () => {
    const senders = new Set(
      Object.values(READINGS).flatMap((lines) => lines.flatMap(({ senders = [] }) => [...senders])),
    );
    expect(new Set([...injections.map(({ client }) => client), 'HTTP'])).toEqual(senders);
  });
});
