import { describe, expect, it } from 'vitest';
import { commandsToTry } from '../../local/commands-to-try.ts';
import type { ApiDefinition, RouteDefinition } from '../../local/template/service.ts';
import { bucketDefinition } from './buckets/buckets-fixture.ts';

const ports = { api: () => 3000, console: 3001, buckets: 3017 };
const nothingElse = { rules: [], schedules: [], buckets: [] };

function commandFor(route: Partial<RouteDefinition>, api: Partial<ApiDefinition> = {}): string | undefined {
  const whole: ApiDefinition = {
    id: 'a',
    name: 'a',
    kind: 'REST',
    stage: 'dev',
    tracing: false,
    binaryMediaTypes: [],
    routes: [{ method: 'GET', path: '/', functionName: 'f', ...route }],
    ...api,
  };
  return commandsToTry({ ...nothingElse, apis: [whole] }, ports, [])[0];
}

const SCHEMA = {
  type: 'object',
  required: ['id', 'count', 'kind', 'lines', 'when'],
  properties: {
    id: { type: 'string', minLength: 6 },
    count: { type: 'integer', minimum: 3 },
    kind: { enum: ['b', 'a'] },
    lines: {
      type: 'array',
      minItems: 1,
      items: { type: 'object', required: ['paid'], properties: { paid: { type: 'boolean' } } },
    },
    when: { type: 'string', format: 'date-time' },
    optional: { type: 'string' },
  },
};

describe('the commands to try', () => {
  it.each([
    [{}, 'curl -i http://localhost:3000/'],
    [{ path: '$default', method: 'ANY' }, 'curl -i http://localhost:3000/'],
    [{ path: '/orders/{id}/lines/{line}' }, 'curl -i http://localhost:3000/orders/1/lines/1'],
    [{ path: '/{proxy+}', method: 'ANY' }, 'curl -i http://localhost:3000/1'],
    [{ method: 'DELETE', path: '/o/{id}' }, 'curl -i -X DELETE http://localhost:3000/o/1'],
    [
      { method: 'POST', path: '/o' },
      "curl -i -X POST http://localhost:3000/o -H 'content-type: application/json' -d '{}'  # fill in the body",
    ],
    [
      { method: 'PUT', path: '/o', requestCheck: { parameters: [], models: { 'application/json': SCHEMA } } },
      "curl -i -X PUT http://localhost:3000/o -H 'content-type: application/json' " +
        `-d '{"id":"textxx","count":3,"kind":"b","lines":[{"paid":true}],"when":"2030-01-01T00:00:00Z"}'`,
    ],
    [
      {
        requestCheck: {
          parameters: [
            'method.request.querystring.q',
            'method.request.header.X-Tenant',
            'method.request.path.id',
          ],
          models: {},
        },
      },
      "curl -i 'http://localhost:3000/?q=1' -H 'X-Tenant: 1'",
    ],
    [{ apiKeyRequired: true }, "curl -i http://localhost:3000/ -H 'x-api-key: …'  # fill in the API key"],
    [
      { authorizer: { kind: 'iam' as const } },
      "curl -i http://localhost:3000/ -H 'authorization: …'  # fill in a signature",
    ],
  ])('fit a route with %j', (route, command) => {
    expect(commandFor(route)).toBe(command);
  });

  it('have a key that the API takes, and need no token where the settings say who calls', () => {
    const authorizer = {
      kind: 'jwt' as const,
      name: 'login',
      identitySources: [],
      issuers: [],
      audiences: [],
      claims: { sub: 'me' },
    };
    expect(
      commandFor({ apiKeyRequired: true, authorizer }, { apiKeys: [{ id: 'k', name: 'k', value: "it's" }] }),
    ).toBe(`curl -i http://localhost:3000/ -H 'x-api-key: it'\\''s'`);
  });

  it('are those of the settings where there are some', () => {
    expect(commandsToTry({ ...nothingElse, apis: [] }, ports, ['curl {api}/a {api}/b'])).toEqual([
      'curl http://localhost:3000/a http://localhost:3000/b',
    ]);
    expect(commandsToTry({ ...nothingElse, apis: [] }, ports, [])).toEqual([]);
  });

  it('run the schedules of a service that has no API', () => {
    const rule = {
      name: 'nightly',
      arn: 'arn:aws:events:eu-west-1:000000000000:rule/nightly',
      busName: 'default',
      enabled: true,
      targets: [],
    };
    const timed = {
      ...nothingElse,
      apis: [],
      rules: [rule, { ...rule, name: 'hourly', schedule: 'rate(1 hour)' }],
      schedules: [
        { name: "it's late", properties: { GroupName: 'club', ScheduleExpression: 'cron(0 3 * * ? *)' } },
        { name: 'third', properties: { ScheduleExpression: 'rate(1 day)' } },
      ],
    };
    const [hourly, late] = [
      "npx lambda-lantern schedules --run 'rule/default/hourly'",
      "npx lambda-lantern schedules --run 'schedule/club/it'\\''s late'",
    ];
    expect(commandsToTry(timed, ports, [])).toEqual([hourly, late]);
    expect(commandsToTry(timed, { ...ports, console: 4001 }, [])[0]).toBe(`${hourly} --port 4001`);
  });

  it('put a file where a function waits for it when there is no API', () => {
    const notification = { id: 'n', prefix: 'in box/', suffix: '.csv', targetArn: 'arn' };
    const bucket = bucketDefinition('uploads', {
      notifications: [
        { ...notification, events: ['s3:ObjectRemoved:*'] },
        { ...notification, events: ['s3:ObjectCreated:*'] },
      ],
    });
    expect(
      commandsToTry({ ...nothingElse, apis: [], buckets: [bucketDefinition('other'), bucket] }, ports, []),
    ).toEqual([
      "curl -i -T 'example.csv' 'http://localhost:3017/uploads/in%20box/example.csv' # any file of yours",
    ]);
  });
});
