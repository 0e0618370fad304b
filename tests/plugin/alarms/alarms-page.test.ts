import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../../plugin/alarms/defaults.ts';
import { alarmTables } from './alarms-page.ts';

const PAGE = new URL('../../../docs/alarms.md', import.meta.url);
const TABLES = /(?<=<!-- prettier-ignore-start -->\n\n)[^]*?(?=\n\n<!-- prettier-ignore-end -->)/;

describe('docs/alarms.md', () => {
  it('has the tables that the defaults give; `npx vitest run tests/plugin/alarms -u` writes them anew', async () => {
    const page = readFileSync(PAGE, 'utf8');
    expect(page).toMatch(TABLES);
    await expect(page.replace(TABLES, () => alarmTables())).toMatchFileSnapshot(PAGE.pathname);
  });

  it('says of every alarm what it means, where its numbers come from, and why missing data is treated so', () => {
    for (const [kind, definitions] of Object.entries(DEFAULTS)) {
      for (const { name, meaning, cause, numbers, missing } of definitions) {
        for (const text of [meaning, cause, numbers, missing])
          expect(text, `${kind}.${name}`).toMatch(/^[A-Z0-9].*\.$/s);
      }
    }
  });
});
