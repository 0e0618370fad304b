import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { redact } from '../../../../src/redaction/redact.ts';
import { createTextGuard } from '../../../../src/redaction/text-guard.ts';
import { fc, runs } from '../../../helpers/fast-check.ts';

const texts = createTextGuard({ mode: 'values' });

/** A text as a message, and as a value whose own name says nothing. */
function shownOf(text: string): string {
  return `${texts.message(text)}\n${JSON.stringify(redact({ text }, { mode: 'values' }))}`;
}

function escaped(json: string, times: number): string {
  return times === 0 ? json : escaped(JSON.stringify(json).slice(1, -1), times - 1);
}

function encoded(text: string, times: number): string {
  return times === 0 ? text : encoded(encodeURIComponent(text), times - 1);
}

class Account {
  readonly id = 1;
  readonly details: object;
  constructor(details: object) {
    this.details = details;
  }
}

/** How programs write a name and its value; the value has neither spaces nor signs. */
const FORMS: Readonly<Record<string, (name: string, value: string) => string>> = {
  JSON: (name, value) => `got ${JSON.stringify({ id: 1, [name]: value })}`,
  'JSON in JSON': (name, value) => escaped(JSON.stringify({ id: 1, [name]: value }), 1),
  'JSON in JSON in JSON': (name, value) => `body: "${escaped(JSON.stringify({ [name]: value, b: 1 }), 2)}"`,
  'JSON with a comma too many': (name, value) => `{"id":1,"${name}":"${value}",}`,
  'JSON with NaN': (name, value) => `x {"id":NaN,"${name}":"${value}"}`,
  'JSON with undefined': (name, value) => `x {"id":undefined,"${name}":"${value}"} y`,
  'JSON with single quotes': (name, value) => `x {'id':1,'${name}':'${value}'}`,
  'JSON with comments': (name, value) => `x {"id":1, /* it's */ "${name}": /* " */ "${value}" // ok\n}`,
  'JSON without quotes': (name, value) => `x {id:1,${name}:${value}}`,
  'JSON that is cut off': (name, value) => `x {"id":1,"${name}":"${value}`,
  'escaped JSON that is cut off': (name, value) => `x {\\"id\\":1,\\"${name}\\":\\"${value}`,
  'a list in JSON that is cut off': (name, value) => `x {"${name}":["a","${value}"`,
  'JSON in HTML': (name, value) => `{&quot;${name}&quot;:&quot;${value}&quot;}`,
  'an object as inspected': (name, value) => inspect({ id: 1, [name]: value }),
  'a nested object as inspected': (name, value) => inspect({ a: { b: new Account({ [name]: value }) } }),
  'objects over lines as inspected': (name, value) =>
    inspect(new Account({ [name]: value, tags: ['a', 'b'] }), { compact: false }),
  'a map as inspected': (name, value) => inspect(new Map([[name, value]])),
  'a set as inspected': (name, value) => inspect({ [name]: new Set([value]) }),
  'a long text as inspected': (name, value) => inspect({ [name]: `${'x'.repeat(90)}\n${value}` }),
  'a symbol as inspected': (name, value) => inspect({ [Symbol(name)]: value }),
  'an array with a member as inspected': (name, value) => inspect(Object.assign([1], { [name]: value })),
  'what JSON.parse says': (name, value) => `Unexpected token 'x', "{"${name}":"${value}"}" is not valid JSON`,
  'what JSON.parse says, with more': (name, value) =>
    `Body: Unexpected token 'x', ..."{"${name}":"${value}"... is not valid JSON (POST /orders)`,
  'a key of PostgreSQL': (name, value) => `Key (${name})=(${value}) already exists.`,
  'a key of several columns': (name, value) =>
    `Key (tenant, ${name})=(7, ${value}) is not present in table "x".`,
  'a key of an expression': (name, value) => `Key (lower(${name}::text))=(${value}) already exists.`,
  'a row of PostgreSQL': (_name, value) => `Failing row contains (1, a (b), ${value}, null).`,
  'an entry of MySQL': (name, value) => `Duplicate entry '${value}' for key 'users.${name}'`,
  'a key of SQL Server': (_name, value) => `The duplicate key value is (${value}).`,
  'a key of MongoDB': (name, value) =>
    `E11000 duplicate key error index: ${name}_1 dup key: { ${name}: "${value}" }`,
  'values of SQL': (name, value) => `INSERT INTO t (id, ${name}) VALUES (1, 'a'), (2, '${value}')`,
  'a condition of SQL': (name, value) =>
    `SELECT 1 FROM t WHERE t.${name} <> '${value}' OR ${name} IN ('a', '${value}')`,
  'a pattern of SQL': (name, value) => `WHERE ${name} LIKE '%${value}%'`,
  '=': (name, value) => `retry of ${name}=${value} failed`,
  '= with spaces': (name, value) => `${name} = ${value}`,
  '=>': (name, value) => `${name} => ${value}`,
  '->': (name, value) => `set ${name} -> ${value}`,
  ':=': (name, value) => `${name} := ${value}`,
  ':': (name, value) => `${name}: ${value}`,
  ': in a sentence': (name, value) => `Login with ${name}: ${value}, try again`,
  ': over lines': (name, value) => `id: 1\n${name}: ${value}\nage: 2`,
  ': and the value on the next line': (name, value) => `id: 1\n${name}:\n  ${value}\n`,
  'a block of YAML': (name, value) => `${name}: |\n  a\n  ${value}\nage: 2`,
  'a list of YAML': (name, value) => `- ${name}: ${value}\n- id: 2`,
  logfmt: (name, value) => `level=info ${name}=${value} msg="a b"`,
  'logfmt with quotes': (name, value) => `level=info ${name}="a ${value}" msg=x`,
  CSV: (name, value) => `id,${name},age\n1,${value},2\n3,"x, y",4`,
  'CSV with semicolons': (name, value) => `export:\nid;${name}\n1;a\r\n2;${value}\r\n`,
  'a table of text': (name, value) => `| id | ${name} |\n|----|----|\n| 1 | ${value} |`,
  'columns with tabs': (name, value) => `id\t${name}\n1\t${value}`,
  'a form': (name, value) => `a=1&${name}=${value}&b=2`,
  'a query': (name, value) => `GET /orders?${name}=${value}&b=2 failed`,
  'percent-encoded JSON': (name, value) =>
    `state ${encoded(JSON.stringify({ id: 1, [name]: value }), 1)} is unknown`,
  'percent-encoded JSON, twice': (name, value) => `state=${encoded(JSON.stringify({ [name]: value }), 2)}`,
  'a percent-encoded form': (name, value) => `failed: ${encoded(`id=1&${name}=${value}`, 1)}`,
  'an element of XML': (name, value) => `<a><${name} type="x">${value}</${name}></a>`,
  'a section of XML': (name, value) => `<a><${name}><![CDATA[a <b> ${value}]]></${name}></a>`,
  'a section of XML that is cut off': (name, value) => `<${name} type="x">\n  <![CDATA[${value}`,
  'an element within an element': (name, value) =>
    `<a><${name}>\n  <of t="1"><b>${value}</b></of>\n</${name}>1</a>`,
  'a property list': (name, value) => `<dict><key>${name}</key>\n<string>${value}</string></dict>`,
  'an input of HTML': (name, value) => `<input type="text" name="${name}" id="a" value="${value}">`,
  'a setting of XML': (name, value) => `<add key='${name}' value='${value}'/>`,
  'a property of XML': (name, value) => `<property id="1" name="${name}">${value}</property>`,
  'what PHP serializes': (name, value) =>
    `a:2:{s:${name.length}:"${name}";s:${value.length}:"${value}";s:2:"id";i:1;}`,
  'base64 in a form': (name, value) =>
    `payload=${Buffer.from(JSON.stringify({ [name]: value })).toString('base64')}`,
  'base64 in a text': (name, value) =>
    `failed with ${Buffer.from(JSON.stringify([{ [name]: value }])).toString('base64url')} (2 items)`,
  'a data: URL': (name, value) =>
    `data:application/json;base64,${Buffer.from(JSON.stringify({ id: 1, [name]: value }, null, 2)).toString('base64')}`,
  'a part of a form': (name, value) =>
    `--b\r\nContent-Disposition: form-data; name="id"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--b--\r\n`,
  'a part of a form with a type': (name, value) =>
    `Content-Disposition: form-data; name="${name}"; filename="a"\nContent-Type: text/plain\n\na\n${value}\n--b`,
  'an attribute of XML': (name, value) => `<user ${name}="${value}"/>`,
  'quotation marks close by': (name, value) => `${name} '${value}' is wrong`,
  'brackets close by': (name, value) => `${name} (${value}) is wrong`,
  'a list of arguments': (name, value) => `set("${name}", "${value}")`,
  'an option of a command': (name, value) => `run --${name} ${value} now`,
  'a row with a name and a value': (name, value) => `{ name: '${name}', value: '${value}' }`,
  'a record of Java': (name, value) => `User[id=1, ${name}=${value}]`,
  'a hash of Ruby': (name, value) => `{:id=>1, :${name}=>"${value}"}`,
  'bytes of Python': (name, value) => `{'${name}': b'${value}', 'id': 1}`,
};

const NAMES = [
  'password',
  'apiKey',
  'user_password',
  'firstName',
  'email',
  'street',
  'cvv',
  'diagnosis',
  'iban',
  'ipAddress',
];
/** Neither a word of any list nor of a form that a detector knows. */
const value = fc.stringMatching(/^[QXZ][qxzjkw]{4,9}[0-9]{0,2}$/);

describe('a value beside a denied name', () => {
  it.each(Object.keys(FORMS))('is hidden in %s', (form) => {
    fc.assert(
      fc.property(fc.constantFrom(...NAMES), value, (name, secret) => {
        expect(shownOf(FORMS[form]?.(name, secret) ?? '')).not.toContain(secret);
      }),
      runs(30),
    );
  });

  it('is hidden whatever signs it has of its own', () => {
    const signs = fc.stringMatching(/^[Qqx]{3}[-!#$%*+./?@^~a-z0-9]{1,12}[qx]{4}$/);
    fc.assert(
      fc.property(
        fc.constantFrom('JSON', 'JSON in JSON', '=', '=>', 'logfmt with quotes', 'a map as inspected', ':'),
        signs,
        (form, secret) => {
          expect(shownOf(FORMS[form]?.('password', secret) ?? '')).not.toContain(secret.slice(-4));
        },
      ),
    );
  });

  it('is hidden with the words that belong to it', () => {
    for (const text of [
      'first name: Qxzjk Zwqxk',
      'name=a lastName=Qxzjk Zwqxk age=3',
      `{ address: { line: 'Qxzjk 1', rest: [ 'Zwqxk' ] } }`,
      `"password":"it\\"s Qxzjk"`,
      `password: "it's Zwqxk"`,
      "password: 'aaa ' +\n  'Qxzjk'",
      '"street": "Qxzjk\\nZwqxk"',
    ]) {
      expect(shownOf(text)).not.toMatch(/Qxzjk|Zwqxk/);
    }
  });

  it('is hidden when the name is written in another width', () => {
    expect(shownOf('ｐａｓｓｗｏｒｄ：Qxzjk')).not.toContain('Qxzjk');
  });

  it('takes the whole of what a detector finds with it', () => {
    const hash =
      '$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQxMjM0NTY3OA$RdescudvJCsgt3ub+b4dWRWJTmaaObGaaObGb4dWRWJ';

    for (const text of [`token is ${hash} ok`, `password=${hash}`, `--token ${hash}`, `secret ${hash}`]) {
      expect(shownOf(text)).not.toMatch(/Rdescud|RWJTma/);
    }
  });

  it('is no port of a host', () => {
    const text = 'connected to postgres://second-hand-secret.com.es:5432/orders';
    expect(texts.message(text)).toBe(text);
  });

  it('is what is given to curl as the password of a user', () => {
    for (const option of ['-u', '--user', '--proxy-user']) {
      expect(texts.message(`curl -s ${option} shop:Qxzjk7 /orders`)).toBe(
        `curl -s ${option} shop:[credentials] /orders`,
      );
    }
    expect(texts.message('docker run -u 1000:1000 shop')).toBe('docker run -u 1000:1000 shop');
  });

  it('leaves what stands around it', () => {
    expect(texts.message('<a><password><b>x</b></password><id>1</id></a>')).toBe(
      '<a><password>[credentials]</password><id>1</id></a>',
    );
    expect(texts.message('<input name="password" value="x" max="8"/>')).toBe(
      '<input name="password" value=[credentials] max="8"/>',
    );
    expect(texts.message('Map<Password> of <b>users</b> and List<Token> of <i>3</i>')).toBe(
      'Map<Password> of <b>users</b> and List<Token> of <i>3</i>',
    );
    expect(texts.message('--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nx\r\n--b--')).toBe(
      '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n[credentials]\r\n--b--',
    );
    const benign = `etag eyJ${'x'.repeat(40)} of data:application/json;base64,${Buffer.from('{"id":1,"n":[2]}').toString('base64')}`;
    expect(texts.message(benign)).toBe(benign);
    expect(texts.message('Key (email)=(a) already exists.')).toBe('Key (email)=[contact] already exists.');
    expect(texts.message('level=info password="a b" msg=x')).toBe('level=info password=[credentials] msg=x');
    expect(texts.message('id,email,age\n1,qx,2\n3,zw,4\nend')).toBe(
      'id,email,age\n1,[contact],2\n3,[contact],4\nend',
    );
    expect(texts.message("{ id: 1, cvv: 123, tags: [ 'a' ] }")).toBe(
      "{ id: 1, cvv: [financial], tags: [ 'a' ] }",
    );
    expect(texts.message("Duplicate entry 'o-1' for key 'orders.PRIMARY'")).toBe(
      "Duplicate entry 'o-1' for key 'orders.PRIMARY'",
    );
    expect(texts.message('SSN: 219-09-9999')).toBe('SSN: [national-id]');
  });
});

describe('what is said of a denied name', () => {
  it.each([
    'Invalid email: must be a valid address',
    'password: must be at least 8 characters',
    'user.email: Required',
    'email: Invalid email address',
    'Unexpected token: foo',
    "Unexpected token 'J' at position 4",
    "Illegal token ';'",
    'unrecognized token "§"',
    'Retrying token refresh: attempt 3 of 5',
    'Could not update email: connection lost',
    'Missing fields: "email", "phone"',
    'null value in column "email" of relation "users" violates not-null constraint',
    'UNIQUE constraint failed: users.email',
    'memory address: 0x1f',
    'SELECT * FROM users WHERE email = $1 AND phone = ? AND street = :street',
    'email (optional), password (required)',
    'token type: bearer',
    'email, phone and address are required',
    'at 10:00:00: the card service is busy',
  ])('is shown: %s', (text) => {
    expect(texts.message(text)).toBe(text);
    expect(redact({ text }, { mode: 'values' })).toEqual({ text });
  });
});

describe('the search for values beside names', () => {
  it('comes to an end, and soon, with texts that are made to be slow to read', () => {
    const parts = [
      '"a":',
      'password',
      'password:',
      'password=',
      'password="',
      'password=(',
      'password: {',
      "'password' ",
      'email,',
      'a|',
      '(a)=(',
      '\\"',
      "' for key '",
      'row contains (',
      'VALUES (',
      '<a>',
      '<password>',
      '<password><a>',
      '<password><![CDATA[',
      '<a name="password" ',
      'name="password" ',
      '; name="password"\n\n',
      '<key>password</key>',
      'curl -u a:b ',
      'eyJ',
      ' eyJhIjoxfQ ',
      'name: a, value: ',
      '--pin ',
      'pin 1',
      ':\n',
      ' LIKE "',
      '{"x":[',
      '`a` ',
    ];
    for (const part of parts) {
      const text = part.repeat(Math.ceil(400_000 / part.length));
      expect(
        redact({ text }, { mode: 'values', budget: { stringLength: 400_000, bytes: 1e7 } }),
      ).toBeDefined();
    }
  });
});
