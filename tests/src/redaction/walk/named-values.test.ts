import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { redact } from '../../../../src/redaction/redact.ts';
import { fc } from '../../../helpers/fast-check.ts';

/** Ways to write one name and one value beside each other. */
const tables: ReadonlyArray<readonly [form: string, write: (name: string, value: string) => unknown]> = [
  ['{ Name, Value }', (name, value) => ({ Name: name, Value: value })],
  ['{ Key, Value }', (name, value) => ({ Key: name, Value: value })],
  ['{ name, value }', (name, value) => ({ name, value })],
  ['{ key, value }', (name, value) => ({ key: name, value })],
  ['{ k, v }', (name, value) => ({ k: name, v: value })],
  ['{ value, key }', (name, value) => ({ value, key: name })],
  ['{ field, content }', (name, value) => ({ field: name, content: value })],
  ['{ label, answer }', (name, value) => ({ label: name, answer: value })],
  ['{ ParameterKey, ParameterValue }', (name, value) => ({ ParameterKey: name, ParameterValue: value })],
  [
    '{ attribute_name, attribute_value }',
    (name, value) => ({ attribute_name: name, attribute_value: value }),
  ],
  ['{ fieldname, fieldvalue }', (name, value) => ({ fieldname: name, fieldvalue: value })],
  ['a change of a column', (name, value) => ({ column: name, before: value, after: value, at: 1 })],
  ['an issue of a validator', (name, value) => ({ path: ['body', name], received: value, code: 'x' })],
  ['a patch', (name, value) => ({ op: 'replace', path: `/customer/${name}`, value })],
  ['an attribute of a user', (name, value) => ({ UserAttributes: [{ Name: name, Value: value }] })],
  ['a typed value of a name', (name, value) => ({ name, value: { stringValue: value } })],
  ['a typed name and value', (name, value) => ({ M: { name: { S: name }, value: { S: value } } })],
  ['a pair', (name, value) => [name, value]],
  ['entries of an object', (name, value) => Object.entries({ status: 'paid', [name]: value })],
  ['entries of a map', (name, value) => [...new Map([[name, value]])]],
  ['a pair of typed values', (name, value) => ({ L: [{ S: name }, { S: value }] })],
  ['rawHeaders', (name, value) => ({ rawHeaders: ['Host', 'shop', name, value] })],
  ['rawHeaders that are cut', (name, value) => ({ rawHeaders: [name, value, 'Host'] })],
  ['names and values in turn', (name, value) => ['status', 'paid', name, value]],
  ['arguments of a command', (name, value) => ({ spawnargs: ['tool', `--${name}`, value, '-v'] })],
  ['a condition', (name, value) => ({ where: [[name, '=', value]] })],
  ['Headers', (name, value) => new Headers({ accept: 'text/html', [name]: value })],
  ['URLSearchParams', (name, value) => new URLSearchParams([[name, value]])],
  ['URLSearchParams with the name twice', (name, value) => new URLSearchParams(`${name}=a&${name}=${value}`)],
  [
    'FormData',
    (name, value) => {
      const form = new FormData();
      form.set(name, value);
      return form;
    },
  ],
  ['a map', (name, value) => new Map([[name, value]])],
  ['an item of DynamoDB', (name, value) => ({ Item: { [name]: { S: value } } })],
  [
    'a nested item of DynamoDB',
    (name, value) => ({ Item: { a: { M: { b: { L: [{ M: { [name]: { S: value } } }] } } } } }),
  ],
  ['a set of DynamoDB', (name, value) => ({ Item: { [name]: { SS: [value] } } })],
  ['an attribute of a message', (name, value) => ({ [name]: { DataType: 'String', StringValue: value } })],
  ['variables of GraphQL', (name, value) => ({ query: '{ a }', variables: { input: { [name]: value } } })],
  [
    'variables of GraphQL with names of their own',
    (name, value) => ({
      query: `mutation M($v: String!) { change(a: $b, ${name}: $v) { id } }`,
      variables: { v: value },
    }),
  ],
  [
    'placeholders of DynamoDB',
    (name, value) => ({
      UpdateExpression: 'SET #a = :a, #n = if_not_exists(#n, :v) REMOVE #b',
      ExpressionAttributeNames: { '#a': 'status', '#n': name, '#b': 'other' },
      ExpressionAttributeValues: { ':v': { S: value }, ':a': { S: 'paid' } },
    }),
  ],
  [
    'a condition of DynamoDB',
    (name, value) => ({
      ExpressionAttributeValues: { ':v': value, ':w': 'paid' },
      FilterExpression: `status = :w AND (begins_with(${name}, :v) OR ${name} BETWEEN :v AND :v)`,
    }),
  ],
  [
    'placeholders of a resolver',
    (name, value) => ({
      update: {
        expression: 'SET #n = :v',
        expressionNames: { '#n': name },
        expressionValues: { ':v': { S: value } },
      },
    }),
  ],
];

const deniedName = fc.constantFrom('password', 'email', 'ssn', 'iban', 'apiKey', 'passport', 'salary');
const secret = fc.stringMatching(/^[qxzvjk]{5,20}$/);
/** Everything that the tables above call a value, allowed as such. */
const VALUES =
  'value Value v content answer ParameterValue attribute_value fieldvalue before after received rawHeaders spawnargs where S SS StringValue stringValue'.split(
    ' ',
  );

describe.each(tables)('%s', (_form, write) => {
  it('hides a value beside the name that denies it, in every mode', () => {
    fc.assert(
      fc.property(deniedName, secret, (name, value) => {
        const table = write(name, value);
        for (const placed of [table, [table], { list: [{ a: 1 }, table] }]) {
          for (const policy of [
            { mode: 'values' },
            { mode: 'shape' },
            { mode: 'shape', allow: [name, ...VALUES] },
          ] as const) {
            expect(JSON.stringify(redact(placed, policy))).not.toContain(value);
          }
        }
      }),
    );
  });

  it('shows a value beside another name, in values mode', () => {
    const shown = JSON.stringify(redact(write('status', 'delivered'), { mode: 'values' }));
    expect(shown).toContain('delivered');
    expect(shown).not.toMatch(/\[(?:credentials|contact|identity|financial)/);
  });
});

describe('a value beside a name', () => {
  it.each([
    [
      [
        { Name: 'status', Value: 'paid' },
        { Name: 'note', Value: 'x' },
      ],
      'paid',
    ],
    [
      [
        ['status', 'paid'],
        ['note', 'x'],
      ],
      'paid',
    ],
    [{ rawHeaders: ['status', 'paid', 'note', 'x'] }, 'paid'],
    [new URLSearchParams('status=paid&note=x'), 'paid'],
    [{ Item: { status: { S: 'paid' }, note: { S: 'x' } } }, 'paid'],
    [{ Item: { status: { L: [{ S: 'paid' }] } } }, 'paid'],
    [{ status: { DataType: 'String', StringValue: 'paid' } }, 'paid'],
  ])('is shown in shape mode where the policy allows the name: %j', (table, value) => {
    expect(JSON.stringify(redact(table, { allow: ['status'] }))).toContain(value);
    expect(JSON.stringify(redact(table))).not.toContain(value);
  });

  it.each([
    [{ required: ['email', 'password'] }],
    [{ fields: ['email', 'name', 'phone', 'address'] }],
    [{ name: 'password', type: 'string', required: true, description: 'as you chose it' }],
    [{ code: 'invalid_type', path: ['email'], message: 'is required' }],
    [{ id: 'o-1', name: 'tea', total: 12, value: 3, content: 'green' }],
    [{ key: 'tokenCount', value: 12 }],
    [['login page', { a: 1 }, 3]],
    [{ ExpressionAttributeNames: { '#p': 'password' }, ProjectionExpression: '#p, status' }],
    [{ tags: ['new', 'sale', 'card', 'gift'] }],
  ])('is no reason to hide what is none: %j', (value) => {
    expect(redact(value, { mode: 'values' })).toEqual(value);
  });

  it('keeps its own rule where the name has none, and reads what changes once', () => {
    let reads = 0;
    const changing = {
      get value(): string {
        reads += 1;
        return 'x';
      },
      get name(): string {
        reads += 1;
        return reads < 3 ? 'password' : 'status';
      },
    };

    expect(redact(changing, { mode: 'values' })).toEqual({ value: '[credentials]', name: 'password' });
    expect(reads).toBe(2);
    expect(redact({ name: 'status', apiKey: 'x', value: 'paid' }, { mode: 'values' })).toEqual({
      name: 'status',
      apiKey: '[credentials]',
      value: 'paid',
    });
  });

  it('is hidden in a request of the AWS SDK that was refused', async () => {
    const client = new DynamoDBClient({
      region: 'eu-west-1',
      endpoint: 'http://127.0.0.1:9',
      maxAttempts: 1,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    const command = new UpdateItemCommand({
      TableName: 'orders',
      Key: { id: { S: 'o-1' } },
      UpdateExpression: 'SET #p = :p, status = :s',
      ExpressionAttributeNames: { '#p': 'passport' },
      ExpressionAttributeValues: { ':p': { S: 'qxzvjk' }, ':s': { S: 'paid' } },
    });
    const error: unknown = await client.send(command).catch((reason: unknown) => reason);
    client.destroy();

    const shown = redact({ error, input: command.input }, { mode: 'values' }) as { input: unknown };
    expect(JSON.stringify(shown)).not.toContain('qxzvjk');
    expect(shown.input).toMatchObject({ ExpressionAttributeValues: { ':s': { S: 'paid' } } });
  });
});
