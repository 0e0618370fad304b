import { describe, expect, it } from 'vitest';
import { checkDashboardSettings, dashboardsForStage } from '../../../plugin/settings/dashboard-settings.ts';

const both = { service: true, resources: true };
const none = { service: false, resources: false };

describe('the dashboards of a stage', () => {
  it.each([
    [undefined, true, both],
    [undefined, false, none],
    [true, false, both],
    [false, true, none],
    [{}, false, both],
    [{ resources: false }, true, { service: true, resources: false }],
    [{ stages: { dev: false } }, true, none],
    [{ stages: { prod: false } }, true, both],
    [{ resources: false, stages: { dev: true } }, true, { service: true, resources: false }],
    [{ resources: false, stages: { dev: { resources: true } } }, true, both],
    [{ stages: { dev: { service: false } } }, true, { service: false, resources: true }],
  ])('with %j, and alarms %j, are %j', (settings, hasAlarms, expected) => {
    expect(dashboardsForStage(settings, 'dev', hasAlarms)).toEqual(expected);
  });
});

describe('the settings of the dashboards', () => {
  it.each([undefined, true, {}, { service: false, stages: { dev: true, prod: { resources: false } } }])(
    'may be %j',
    (settings) => {
      expect(checkDashboardSettings(settings)).toEqual([]);
    },
  );

  it.each([
    [
      { resource: true },
      ['custom.lantern.dashboards.resource: there is no such setting; did you mean resources?'],
    ],
    [{ service: 'yes' }, ['custom.lantern.dashboards.service: expected true or false, but got "yes"']],
    [
      { stages: ['dev'] },
      ['custom.lantern.dashboards.stages: expected settings by name of a stage, but got ["dev"]'],
    ],
    [
      { stages: { dev: { stages: {}, service: 1 } } },
      [
        'custom.lantern.dashboards.stages.dev.stages: there is no such setting; there are: service, resources',
        'custom.lantern.dashboards.stages.dev.service: expected true or false, but got 1',
      ],
    ],
  ])('are refused as %j, with path and nearest name', (settings, problems) => {
    expect(checkDashboardSettings(settings)).toEqual(problems);
  });
});
