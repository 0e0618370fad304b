import { describe, expect, it } from 'vitest';
import { statusTable } from '../../../plugin/tracing/status-table.ts';
import { TAG } from '../../../plugin/tracing-switch/names.ts';

const off = { configuration: { mode: 'PassThrough', variable: 'false' }, tags: {} } as const;
const on = { configuration: { mode: 'Active', variable: 'true' }, tags: {} } as const;

describe('the status of tracing', () => {
  it('says for each function whether it is traced, by whom, since when, until when and why', () => {
    const switched = {
      ...on,
      tags: {
        [TAG.before]: 'PassThrough set:false',
        [TAG.by]: 'alarm slow',
        [TAG.since]: '2026-11-24T16:00:00Z',
        [TAG.until]: '2026-11-24T17:00:00Z',
        [TAG.reason]: 'Threshold Crossed',
      },
    };
    const { [TAG.until]: _until, ...endless } = switched.tags;
    expect(_until).toBeDefined();
    const table = statusTable([
      { key: 'create-order', snapshot: off },
      { key: 'get-order', snapshot: on },
      { key: 'take-payment', snapshot: switched },
      { key: 'fulfil-order', snapshot: { ...switched, tags: endless } },
      { key: 'on-alarm', snapshot: { ...off, tags: { [TAG.setting]: 'never' } } },
      { key: 'new-one' },
    ]);
    expect(table.split('\n')).toEqual([
      'function      tracing        by              since                 until                 why',
      'create-order  off',
      'get-order     on             the deployment',
      'take-payment  on             alarm slow      2026-11-24T16:00:00Z  2026-11-24T17:00:00Z  Threshold Crossed',
      'fulfil-order  on             alarm slow      2026-11-24T16:00:00Z  turned off            Threshold Crossed',
      'on-alarm      off, never on',
      'new-one       not deployed',
    ]);
  });

  it('does not call a function on of which the tags only say so', () => {
    const reset = { ...off, tags: { [TAG.before]: 'PassThrough set:false', [TAG.by]: 'alarm slow' } };
    expect(statusTable([{ key: 'take-payment', snapshot: reset }])).toMatch(/take-payment {2}off$/);
  });
});
