import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { checkSettings, namesIn, SETTINGS_SCHEMA } from '../../../plugin/settings/settings.ts';
import { functionResources, inventoryOf } from '../../helpers/inventory.ts';

const inventory = inventoryOf({
  ...functionResources('Pay', 'take-payment'),
  ...functionResources('Get', 'get-order'),
  Orders: { Type: 'AWS::DynamoDB::Table', Properties: {} },
  Work: { Type: 'AWS::SQS::Queue', Properties: {} },
});

const names = namesIn(inventory);
const AT = 'custom.lantern.alarms';

function checkAlarms(settings: unknown) {
  return checkSettings('alarms', settings, names);
}

function checkDashboards(settings: unknown) {
  return checkSettings('dashboards', settings, names);
}

function checkTracing(settings: unknown) {
  return checkSettings('tracing', settings, names);
}

describe('the settings of the alarms', () => {
  it('finds nothing in nothing, in yes and no, and in settings that are right', () => {
    for (const settings of [undefined, true, false, {}]) expect(checkAlarms(settings)).toEqual([]);
    expect(
      checkAlarms({
        defaults: {
          function: { coldStarts: true, duration: { share: 0.5, statistic: 'p95' } },
          queue: false,
        },
        functions: { 'take-payment': { errorRate: { threshold: 1, minimum: 50 } }, 'get-order': false },
        resources: {
          Orders: { throttles: { treatMissingData: 'missing' } },
          Work: { age: { anomaly: 2 } },
        },
        composite: false,
        logs: { lines: 50, every: '24h', threshold: 0 },
        stages: { dev: false, prod: { composite: true } },
        actions: {
          email: ['on-call@example.com'],
          https: ['https://example.com/alarms'],
          states: ['ALARM'],
          from: 'both',
          encryption: { Ref: 'Key' },
          events: { function: 'get-order' },
        },
      }),
    ).toEqual([]);
  });

  it.each([
    [
      { functions: { 'take-paymnt': false } },
      'functions.take-paymnt: there is no such function; did you mean take-payment?',
    ],
    [
      { resources: { Order: false } },
      'resources.Order: the template has no such resource that can be watched; did you mean Orders?',
    ],
    [
      { resources: { 'get-order': false } },
      'resources.get-order: this is a function; its settings stand in functions.get-order',
    ],
    [
      { defaults: { functions: {} } },
      'defaults.functions: there is no such kind of resource; did you mean function?',
    ],
    [
      { defaults: { queue: { aeg: true } } },
      'defaults.queue.aeg: there is no such alarm of a queue; did you mean age?',
    ],
    [
      { defaults: { topic: { misspeltBeyondRecognition: true } } },
      'defaults.topic.misspeltBeyondRecognition: there is no such alarm of a topic; there are: failed, redriveFailed',
    ],
    [
      { functions: { 'get-order': { duration: { treshold: 1 } } } },
      'functions.get-order.duration.treshold: there is no such option of this alarm; did you mean threshold?',
    ],
    [
      { functions: { 'get-order': { throttles: { share: 0.5 } } } },
      'functions.get-order.throttles.share: there is no such option of this alarm; there are: threshold, statistic, period, ' +
        'evaluationPeriods, datapointsToAlarm, treatMissingData, anomaly',
    ],
    [
      { alarm: {} },
      'alarm: there is no such setting; there are: defaults, learned, functions, resources, composite, logs, warmUp, mute, actions, stages',
    ],
    [
      { stages: { dev: { stages: {} } } },
      'stages.dev.stages: there is no such setting; there are: defaults, learned, functions, resources, composite, logs, warmUp, mute, actions',
    ],
    [{ logs: { line: 3 } }, 'logs.line: there is no such setting; did you mean lines?'],
    [{ logs: { lines: 51 } }, 'logs.lines: expected a whole number from 0 to 50, but got 51'],
    [{ logs: { lines: -1 } }, 'logs.lines: expected a whole number from 0 to 50, but got -1'],
    [{ logs: { lines: 2.5 } }, 'logs.lines: expected a whole number from 0 to 50, but got 2.5'],
    [
      { logs: { every: '0m' } },
      'logs.every: expected minutes or hours, such as 5m or 1h, from 1m to 24h, but got "0m"',
    ],
    [
      { logs: { every: '30s' } },
      'logs.every: expected minutes or hours, such as 5m or 1h, from 1m to 24h, but got "30s"',
    ],
    [
      { logs: { every: '25h' } },
      'logs.every: expected minutes or hours, such as 5m or 1h, from 1m to 24h, but got "25h"',
    ],
    [
      { logs: { every: '2d' } },
      'logs.every: expected minutes or hours, such as 5m or 1h, from 1m to 24h, but got "2d"',
    ],
    [
      { logs: { every: 5 } },
      'logs.every: expected minutes or hours, such as 5m or 1h, from 1m to 24h, but got 5',
    ],
    [{ logs: { threshold: '4' } }, 'logs.threshold: expected a whole number of 0 or more, but got "4"'],
    [{ actions: { emails: [] } }, 'actions.emails: there is no such setting; did you mean email?'],
    [{ actions: { slack: { workspaceId: 'T0' } } }, 'actions.slack.channelId: it is missing'],
    [
      { actions: { events: { function: 'get-ordr' } } },
      'actions.events.function: there is no function get-ordr; did you mean get-order?',
    ],
    [{ actions: { events: {} } }, 'actions.events: expected either a function or a target'],
    [
      { actions: { topic: 'arn:aws:sns:eu-west-1:123456789012:ours', encryption: true } },
      'actions.encryption: it is of the topic that is made here, but custom.lantern.alarms.actions.topic names another',
    ],
  ])('refuses what there is not, and names what was meant: %j', (settings, message) => {
    expect(checkAlarms(settings)).toEqual([`${AT}.${message}`]);
  });

  it.each([
    ['share', 1.5, 'a number above 0 and up to 1'],
    ['share', 0, 'a number above 0 and up to 1'],
    ['threshold', '5', 'a number'],
    ['period', 90, 'seconds, as a multiple of 60'],
    ['period', 10, 'seconds, as a multiple of 60'],
    ['evaluationPeriods', 0, 'a whole number of 1 or more'],
    ['datapointsToAlarm', 1.5, 'a whole number of 1 or more'],
    ['statistic', 'p101', 'Sum, Average, Minimum, Maximum, SampleCount, or a percentile such as p99'],
    ['treatMissingData', 'ok', 'one of missing, ignore, breaching, notBreaching'],
    ['anomaly', -1, 'a number above 0'],
  ])('refuses %s: %j', (option, value, expected) => {
    expect(checkAlarms({ functions: { 'get-order': { duration: { [option]: value } } } })).toEqual([
      `${AT}.functions.get-order.duration.${option}: expected ${expected}, but got ${JSON.stringify(value)}`,
    ]);
  });

  it('refuses what is of another form altogether', () => {
    expect(checkAlarms('off')).toEqual([`${AT}: expected true, false, or settings by name, but got "off"`]);
    expect(checkAlarms({ functions: { 'get-order': 'off' } })).toEqual([
      `${AT}.functions.get-order: expected true, false, or settings by name, but got "off"`,
    ]);
    expect(checkAlarms({ actions: { email: 'me@example.com' } })).toEqual([
      `${AT}.actions.email: expected a list, but got "me@example.com"`,
    ]);
    expect(checkAlarms({ actions: { email: ['me'], https: ['http://example.com'] } })).toEqual([
      `${AT}.actions.email.0: expected an e-mail address, but got "me"`,
      `${AT}.actions.https.0: expected a URL that begins with https://, but got "http://example.com"`,
    ]);
  });

  it('names every mistake at once', () => {
    expect(
      checkAlarms({ functions: { a: false, b: false }, stages: { dev: { composite: 1 } } }),
    ).toHaveLength(3);
  });
});

describe('the settings of the dashboards', () => {
  it.each([undefined, true, {}, { service: false, stages: { dev: true, prod: { resources: false } } }])(
    'may be %j',
    (settings) => {
      expect(checkDashboards(settings)).toEqual([]);
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
    expect(checkDashboards(settings)).toEqual(problems);
  });
});

describe('the settings of data protection', () => {
  const check = (settings: unknown) => checkSettings('dataProtection', settings, names);

  it.each([
    undefined,
    true,
    false,
    {},
    { categories: ['network', 'contact'], findings: { retention: 7 }, deidentify: true, alarm: false },
    { findings: false, stages: { dev: false, prod: { findings: true, deidentify: true } } },
  ])('may be %j', (settings) => {
    expect(check(settings)).toEqual([]);
  });

  it.each<readonly [object, string]>([
    [
      { categories: ['contacts'] },
      'categories.0: expected one of credentials, contact, identity, financial, health, location, network, but got "contacts"',
    ],
    [
      { categories: [] },
      'categories: expected at least one, but the list is empty; leave it out for all categories, or set dataProtection: ' +
        'false for none',
    ],
    [{ categories: 'contact' }, 'categories: expected a list, but got "contact"'],
    [
      { findings: { retention: 31 } },
      'findings.retention: expected days that CloudWatch can keep logs for: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, ' +
        '545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, but got 31',
    ],
    [{ findings: { days: 30 } }, 'findings.days: there is no such setting; there are: retention'],
    [{ deidentify: 'mask' }, 'deidentify: expected true or false, but got "mask"'],
    [{ alarms: true }, 'alarms: there is no such setting; did you mean alarm?'],
    [{ stages: { prod: { alarm: 1 } } }, 'stages.prod.alarm: expected true or false, but got 1'],
  ])('are refused as %j, with what they take', (settings, problem) => {
    expect(check(settings)).toEqual([`custom.lantern.dataProtection.${problem}`]);
  });
});

describe('the settings of tracing', () => {
  it('may be right', () => {
    expect(checkTracing(undefined)).toEqual([]);
    expect(checkTracing({})).toEqual([]);
    expect(checkTracing({ onAlarm: 'get-order', longest: '15m', never: ['take-payment'] })).toEqual([]);
  });

  it('are refused with their path, and the name that was probably meant', () => {
    expect(checkTracing({ onAlarm: 'get-odrer', longest: '3 days', never: ['take-paymnet'] })).toEqual([
      'custom.lantern.tracing.onAlarm: there is no function get-odrer; did you mean get-order?',
      'custom.lantern.tracing.longest: expected minutes or hours, such as 15m or 1h, from 1m to 24h, but got "3 days"',
      'custom.lantern.tracing.never.0: there is no function take-paymnet; did you mean take-payment?',
    ]);
  });
});

describe('the schema for the framework', () => {
  // Of the same kind as the framework's own, which also turns the texts of variables into numbers and booleans.
  const validate = new Ajv({ coerceTypes: 'array', strict: true }).compile({
    ...SETTINGS_SCHEMA,
    additionalProperties: true,
  });
  const valid = (lantern: unknown) => validate({ lantern });

  it('refuses names that no command could use', () => {
    expect(valid({ tracing: { onAlram: 'x' } })).toBe(false);
    expect(valid({ alarm: true })).toBe(false);
  });

  // Places of every form, each with a value of another one: the framework would say "must be number", and not what came.
  it.each<[place: string, lantern: object, value: string]>([
    ['alarms', { alarms: 'on' }, '"on"'],
    ['alarms.composite', { alarms: { composite: 'yes' } }, '"yes"'],
    [
      'alarms.defaults.function.duration',
      { alarms: { defaults: { function: { duration: '80%' } } } },
      '"80%"',
    ],
    ['alarms.functions.take-payment', { alarms: { functions: { 'take-payment': [1, 2] } } }, '[1,2]'],
    ['alarms.mute', { alarms: { mute: { schedule: 'x' } } }, '{"schedule":"x"}'],
    ['alarms.logs', { alarms: { logs: [] } }, '[]'],
    ['alarms.logs.lines', { alarms: { logs: { lines: 'all' } } }, '"all"'],
    ['alarms.stages', { alarms: { stages: ['dev'] } }, '["dev"]'],
    ['alarms.stages.dev', { alarms: { stages: { dev: 7 } } }, '7'],
    [
      'slo.functions.take-payment.availability',
      { slo: { functions: { 'take-payment': { availability: '99,9' } } } },
      '"99,9"',
    ],
    [
      'slo.functions.take-payment.latency',
      { slo: { functions: { 'take-payment': { latency: '500ms' } } } },
      '"500ms"',
    ],
    ['slo.functions', { slo: { functions: [1] } }, '[1]'],
    ['slo', { slo: false }, 'false'],
    ['slo.actions.page', { slo: { actions: { page: 'on-call@example.com' } } }, '"on-call@example.com"'],
    ['dataProtection.deidentify', { dataProtection: { deidentify: 'yes' } }, '"yes"'],
    ['dataProtection.findings', { dataProtection: { findings: 30.5 } }, '30.5'],
    ['dashboards', { dashboards: 3 }, '3'],
    ['tracing.longest', { tracing: { longest: { minutes: 5 } } }, '{"minutes":5}'],
    ['local.authorizers', { local: { authorizers: true } }, 'true'],
  ])('leaves a value of another form to the check, which says what came: %s', (place, lantern, value) => {
    expect(valid(lantern)).toBe(true);
    const parts = ['alarms', 'slo', 'dashboards', 'dataProtection', 'tracing', 'local'] as const;
    const mistakes = parts.flatMap((part) =>
      checkSettings(part, (lantern as Record<string, unknown>)[part], names),
    );
    expect(mistakes).toEqual([expect.stringMatching(/^custom\.lantern\.\S+: expected .+, but got /)]);
    expect(mistakes[0]?.startsWith(`custom.lantern.${place}: expected `)).toBe(true);
    expect(mistakes[0]?.endsWith(`, but got ${value}`)).toBe(true);
  });

  it('leaves names and numbers of alarms to the check, which says what was probably meant', () => {
    expect(valid({ alarms: { functions: { pay: { duraton: { threshold: 'many' } } }, default: {} } })).toBe(
      true,
    );
    expect(valid({ dashboards: { resource: 1 }, alarms: { actions: { email: 'me' } } })).toBe(true);
  });

  it.each(['alarms', 'slo', 'dashboards', 'dataProtection', 'tracing', 'local'] as const)(
    'says of an empty line what to do: %s',
    (part) => {
      expect(checkSettings(part, null, names)).toEqual([
        expect.stringMatching(/settings by name, but got nothing; give it a value, or leave the name out$/),
      ]);
    },
  );

  it('makes numbers and booleans of the texts that variables give', () => {
    const lantern = {
      alarms: {
        composite: 'false',
        defaults: { function: { errors: 'false', duration: { period: '300' } } },
      },
    };
    expect(valid(lantern)).toBe(true);
    expect(lantern.alarms).toEqual({
      composite: false,
      defaults: { function: { errors: false, duration: { period: 300 } } },
    });
    const protecting = {
      dataProtection: { findings: { retention: '30' }, deidentify: 'true', stages: { dev: 'false' } },
    };
    expect(valid(protecting)).toBe(true);
    expect(protecting.dataProtection).toEqual({
      findings: { retention: 30 },
      deidentify: true,
      stages: { dev: false },
    });
  });
});

describe('the settings of serverless local', () => {
  it('are checked down to each authorizer', () => {
    const check = (settings: unknown) => checkSettings('local', settings, names);
    const right = { who: { keys: './keys.json', claims: { sub: 'c-1' } }, 'the other': {} };
    expect(check({ authorizers: right, tryThis: ['curl {api}'] })).toEqual([]);
    expect(check({ authorizers: { who: { keys: 7, claims: 'me', key: 'x' } } })).toEqual([
      'custom.lantern.local.authorizers.who.keys: expected a text, but got 7',
      'custom.lantern.local.authorizers.who.claims: expected values by name, but got "me"',
      'custom.lantern.local.authorizers.who.key: there is no such setting; did you mean keys?',
    ]);
    expect(check({ authorizers: ['who'] })).toEqual([
      'custom.lantern.local.authorizers: expected settings by name of an authorizer, but got ["who"]',
    ]);
  });
});

describe('the layers of serverless local', () => {
  it('are paths by the ARN or the name of a layer', () => {
    const check = (layers: unknown) => checkSettings('local', { layers }, names);
    expect(
      check({ 'arn:aws:lambda:eu-west-1:111122223333:layer:shared:7': '../layer', common: 'l.zip' }),
    ).toEqual([]);
    expect(check({ common: { path: 'l.zip' } })).toEqual([
      'custom.lantern.local.layers.common: expected a text, but got {"path":"l.zip"}',
    ]);
    expect(check(['common'])).toEqual([
      'custom.lantern.local.layers: expected folders or archives (zip) by ARN or name of a layer, but got ["common"]',
    ]);
  });
});

describe('the settings of the error budgets', () => {
  const withApi = namesIn(
    inventoryOf({
      ...functionResources('Pay', 'take-payment'),
      Work: { Type: 'AWS::SQS::Queue', Properties: {} },
      Orders: { Type: 'AWS::DynamoDB::Table', Properties: {} },
      Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'shop', ProtocolType: 'HTTP' } },
      ApiStage: {
        Type: 'AWS::ApiGatewayV2::Stage',
        Properties: { ApiId: { Ref: 'Api' }, StageName: '$default' },
      },
    }),
  );
  const check = (settings: unknown) => checkSettings('slo', settings, withApi);
  const PERCENT = 'a percentage from 94 to below 100, such as 99.9, since 100 would allow no failure at all';

  it('pass the framework, which makes numbers of the texts that variables give', () => {
    const settings = {
      functions: { 'take-payment': { availability: '99.9', minimum: '10' } },
      actions: { page: { Ref: 'OnCall' } },
      stages: { dev: false, prod: { resources: { Api: { availability: 99 } } } },
    };
    const custom = { lantern: { slo: settings } };
    expect(new Ajv({ coerceTypes: true }).validate(SETTINGS_SCHEMA, custom)).toBe(true);
    expect(settings.functions['take-payment']).toEqual({ availability: 99.9, minimum: 10 });
  });

  it('take functions, APIs, topics and stages', () => {
    const budget = { availability: 99.9, minimum: 10 };
    const base = { functions: { 'take-payment': budget }, resources: { Api: { availability: 94 } } };
    expect(check(undefined)).toEqual([]);
    const latency = { under: '1.5s', target: 95 };
    expect(
      check({
        functions: { 'take-payment': { latency } },
        resources: { Api: { availability: 99, latency } },
      }),
    ).toEqual([]);
    expect(check({ ...base, actions: { page: 'arn:page', ticket: { Ref: 'Tickets' } } })).toEqual([]);
    expect(check({ ...base, stages: { dev: false, test: true, prod: base } })).toEqual([]);
  });

  it.each<readonly [object, string]>([
    [
      { functions: { 'take-payment': { availability: 100 } } },
      `functions.take-payment.availability: expected ${PERCENT}, but got 100`,
    ],
    [
      { functions: { 'take-payment': { availability: 0.999 } } },
      `functions.take-payment.availability: expected ${PERCENT}, but got 0.999`,
    ],
    [
      { functions: { 'take-payment': { availability: '99.9' } } },
      `functions.take-payment.availability: expected ${PERCENT}, but got "99.9"`,
    ],
    [
      { resources: { Api: {} } },
      'resources.Api.availability: it is missing; give the percentage that is to succeed, such as 99.9, or a latency, such as ' +
        '{ under: 500ms, target: 99 }',
    ],
    ...['500', '0ms', '5 s', '-1s', 500, 'ms', '1h', '1e3ms'].map((under): readonly [object, string] => [
      { resources: { Api: { latency: { under, target: 99 } } } },
      `resources.Api.latency.under: expected a time above 0 in ms, s or m, such as 500ms, 1.5s or 5m, but got ${JSON.stringify(under)}`,
    ]),
    ...[84.9, 100, 0.99, '99'].map((target): readonly [object, string] => [
      { functions: { 'take-payment': { latency: { under: '1s', target } } } },
      'functions.take-payment.latency.target: expected a percentage from 85 to below 100, such as 99, since 100 would allow ' +
        `nothing to be slow at all, but got ${JSON.stringify(target)}`,
    ]),
    [
      { functions: { 'take-payment': { latency: { under: '1s' } } } },
      'functions.take-payment.latency.target: it is missing',
    ],
    [{ resources: { Api: 99.9 } }, 'resources.Api: expected settings by name, but got 99.9'],
    [{ resources: 99.9 }, 'resources: expected error budgets by logical id, but got 99.9'],
    [
      { functions: { 'take-paymnt': { availability: 99 } } },
      'functions.take-paymnt: there is no such function; did you mean take-payment?',
    ],
    [
      { functions: { 'take-payment': { availabilty: 99, availability: 99 } } },
      'functions.take-payment.availabilty: there is no such setting; did you mean availability?',
    ],
    [
      { functions: { 'take-payment': { availability: 99, minimum: 0 } } },
      'functions.take-payment.minimum: expected a whole number of 1 or more, but got 0',
    ],
    [
      { resources: { Appi: { availability: 99 } } },
      'resources.Appi: the template has no such API; did you mean Api?',
    ],
    [
      { resources: { 'take-payment': { availability: 99 } } },
      'resources.take-payment: this is a function; its budget stands in functions.take-payment',
    ],
    [
      { resources: { Work: { availability: 99 } } },
      'resources.Work: a queue fails nothing itself; give the budget to the function that reads it, in functions',
    ],
    [
      { resources: { Orders: { availability: 99 } } },
      'resources.Orders: error budgets are of functions and APIs, and this is a table',
    ],
    [{ actions: { pager: 'arn:page' } }, 'actions.pager: there is no such setting; did you mean page?'],
    [
      { stages: { prod: { functions: { 'take-payment': { availability: 101 } } } } },
      `stages.prod.functions.take-payment.availability: expected ${PERCENT}, but got 101`,
    ],
  ])('refuse %j', (settings, mistake) => {
    expect(check(settings)).toEqual([`custom.lantern.slo.${mistake}`]);
  });
});

describe('the settings of deployments and planned work', () => {
  const check = (settings: object) =>
    checkSettings('alarms', settings, { functions: [] }).map((mistake) =>
      mistake.replace('custom.lantern.alarms.', ''),
    );

  it.each(['1m', '90m', '48h', '2d'])('take %s of warming up', (warmUp) => {
    expect(check({ warmUp })).toEqual([]);
  });

  it.each(['0m', '49h', '3d', '10', 10, '-5m', '1.5h', ''])('refuse %s of warming up', (warmUp) => {
    expect(check({ warmUp })).toEqual([
      `warmUp: expected minutes, hours or days, such as 10m or 1h, from 1m to 2d, but got ${JSON.stringify(warmUp)}`,
    ]);
  });

  it.each([
    [{ schedule: 'cron(0 2 * * SUN)', duration: '2h', timezone: 'Europe/Berlin' }],
    [{ schedule: 'at(2027-01-31T22:00)', duration: '15d' }],
  ])('take a window %#', (window) => {
    expect(check({ mute: [window] })).toEqual([]);
  });

  it.each<readonly [object, RegExp]>([
    [{ duration: '2h' }, /^mute\.0\.schedule: it is missing$/],
    [{ schedule: 'cron(0 2 * * SUN)' }, /^mute\.0\.duration: it is missing$/],
    [{ schedule: 'rate(1 day)', duration: '2h' }, /^mute\.0\.schedule: expected cron\(\) with five fields/],
    [
      { schedule: 'cron(0 2 ? * SUN *)', duration: '2h' },
      /^mute\.0\.schedule: expected cron\(\) with five fields/,
    ],
    [{ schedule: 'at(tomorrow)', duration: '2h' }, /^mute\.0\.schedule: /],
    [{ schedule: 'cron(0 25 * * SUN)', duration: '2h' }, /^mute\.0\.schedule: .* but got "cron\(0 25/],
    [{ schedule: 'cron(0 2 * * MOO)', duration: '2h' }, /^mute\.0\.schedule: /],
    [{ schedule: 'at(2027-02-30T22:00)', duration: '2h' }, /^mute\.0\.schedule: .* but got "at\(2027-02-30/],
    [
      { schedule: 'at(2027-01-31T22:00)', duration: '16d' },
      /^mute\.0\.duration: expected .* from 1m to 15d, but got "16d"$/,
    ],
    [
      { schedule: 'at(2027-01-31T22:00)', duration: '1h', timezone: 'Mars/Olympus' },
      /^mute\.0\.timezone: expected the name of a time zone/,
    ],
  ])('refuse a window %#', (window, mistake) => {
    expect(check({ mute: [window] })).toEqual([expect.stringMatching(mistake)]);
  });
});
