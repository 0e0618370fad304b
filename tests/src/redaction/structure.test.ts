import { Readable, Transform } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { redact } from '../../../src/redaction/redact.ts';

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

describe('redact of text that carries structure', () => {
  it('opens JSON in JSON in both modes, and JSON with a byte order mark or around spaces', () => {
    const value = JSON.stringify({ id: 1, inner: JSON.stringify({ password: 'hunter2', list: [1] }) });

    expect(redact({ value })).toEqual({
      value: {
        id: '<number>',
        inner: { password: '<string, below 16 characters>', list: ['<1 item>', '<number>'] },
      },
    });
    expect(redact({ value: `\uFEFF \n${value}\n` }, { mode: 'values' })).toEqual({
      value: { id: 1, inner: { password: '[credentials]', list: [1] } },
    });
  });

  it('shows no JWT, whatever it is named and wherever it stands', () => {
    const jwt =
      `${base64('{"alg":"HS256"}')}.${base64('{"sub":"jane"}')}.c2lnbmF0dXJlc2lnbmF0dXJl`.replaceAll('=', '');

    for (const value of [jwt, { content: jwt }, { content: `got ${jwt}` }, [base64(jwt)], `/cb#${jwt}`]) {
      const shown = JSON.stringify(redact(value, { mode: 'values', allow: ['content'] }));
      expect(shown).not.toContain(jwt.slice(4, 16));
      expect(JSON.stringify(redact(value, { allow: ['content'] }))).not.toContain(jwt.slice(4, 16));
    }
  });

  it('shows cookies of requests and responses by name, and attributes that are the same for everyone', () => {
    const response = {
      statusCode: 200,
      cookies: ['sid=31d4d96e407aad42; Path=/; Secure', 'theme=dark; Domain=shop.example.com'],
      headers: { cookie: 'sid=31d4d96e; lang=en', 'content-type': 'text/plain' },
      multiValueHeaders: { 'Set-Cookie': ['basket=b1946ac9; Max-Age=60'] },
      body: 'ok',
    };

    for (const mode of ['shape', 'values'] as const) {
      const shown = redact(response, { mode }) as Record<string, unknown>;
      expect(JSON.stringify(shown)).not.toMatch(/31d4d96e|dark|b1946ac9|shop\.example/);
      expect(shown).toMatchObject({
        cookies: {
          sid: '<cookie, below 256 characters>; Path=/; Secure',
          theme: '<cookie, below 16 characters>',
        },
        headers: { cookie: { sid: '<cookie, below 16 characters>' } },
        multiValueHeaders: {
          'Set-Cookie': {
            basket: `<cookie, below 16 characters>; Max-Age=${mode === 'shape' ? '…' : '60'}`,
          },
        },
      });
    }
  });

  it('takes a header and a member of a response that are called __proto__ for keys like others', () => {
    const headers: unknown = JSON.parse('{"__proto__":"a","retry-after":"120"}');
    const response: unknown = JSON.parse('{"statusCode":200,"__proto__":{"password":"hunter2"}}');
    Object.assign(response as object, { headers });

    const shown = redact(response, { mode: 'values' });

    expect(JSON.stringify(shown)).toBe(
      '{"statusCode":200,"__proto__":{"password":"[credentials]"},"headers":{"__proto__":"a","retry-after":"120"}}',
    );
    expect(Object.getPrototypeOf(shown)).toBe(Object.prototype);
  });

  it('opens a form in an event and takes a field that comes twice', () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = 'tag=a&tag=b&email=jane%40example.com&note=write+to+jane%40example.com';

    expect(redact({ headers, body, isBase64Encoded: false }, { mode: 'values' })).toMatchObject({
      body: { tag: ['a', 'b'], email: '[contact]', note: 'write to [email]' },
    });
    expect(redact({ headers, body: base64(body), isBase64Encoded: true }, { mode: 'values' })).toMatchObject({
      body: { tag: ['a', 'b'], email: '[contact]' },
    });
  });

  it('shows parts of multipart by name and size, in base64 too, and never a file name or a content', () => {
    const part = (name: string, content: string) =>
      `--b\r\nContent-Disposition: form-data; name="${name}"; filename="jane.png"\r\n\r\n${content}\r\n`;
    const body = `${part('photo', 'Jane')}${part('jane@example.com', 'xx')}--b--\r\n`;
    const headers = { 'content-type': 'multipart/form-data; boundary="b"' };

    for (const response of [
      { statusCode: 200, headers, body },
      { statusCode: 200, headers, body: base64(body), isBase64Encoded: true },
    ]) {
      expect((redact(response) as { body: unknown }).body).toEqual({
        photo: '<part, below 16 characters>',
        '<name>': '<part, below 16 characters>',
      });
      expect((redact(response, { mode: 'values' }) as { body: unknown }).body).toEqual({
        photo: '<part, 4 characters>',
        '<name>': '<part, 2 characters>',
      });
    }
  });

  it('shows the type and size of what cannot be opened', () => {
    const answer = (contentType: string, body: unknown) =>
      redact({ statusCode: 200, headers: { 'Content-Type': contentType }, body, isBase64Encoded: false });

    expect(answer('text/csv', 'Jane,Miller')).toMatchObject({ body: '<text/csv, below 16 characters>' });
    expect(answer('application/x-jane@example.com', 'Jane')).toMatchObject({
      body: '<binary, below 16 characters>',
    });
    expect(answer('application/json', Readable.from(['Jane']))).toMatchObject({ body: '<Readable>' });
  });
});

describe('redact of what must not be read', () => {
  it('never reads a stream, a body or a promise, and never shows what they have buffered', async () => {
    const stream = new Transform({ transform: (chunk, _encoding, done) => done(null, chunk) });
    stream.write('Jane is here');
    const response = new Response('Jane', { headers: { 'x-name': 'Jane' } });
    const request = new Request('https://example.com/jane', { method: 'POST', body: 'Jane' });
    let awaited = 0;
    const thenable = { then: () => (awaited += 1) };
    const values = { stream, response, request, form: new FormData(), thenable, web: response.clone().body };

    for (const mode of ['shape', 'values'] as const) {
      expect(JSON.stringify(redact(values, { mode }))).not.toMatch(/jane/i);
    }
    expect(awaited).toBe(0);
    expect(response.bodyUsed || request.bodyUsed || stream.readableFlowing === true).toBe(false);
    expect(await response.text()).toBe('Jane');
    expect(String(stream.read())).toBe('Jane is here');
  });

  it('asks a proxy for each member once, and takes one that lies about its keys', () => {
    const reads: string[] = [];
    const target = { id: 1, total: 2 };
    const counting = new Proxy(target, {
      get: (from, key, receiver) => {
        if (typeof key === 'string') reads.push(key);
        return Reflect.get(from, key, receiver) as unknown;
      },
    });
    expect(redact(counting, { mode: 'values' })).toEqual(target);
    expect(reads.filter((key) => key === 'total')).toEqual(['total']);

    const lying = new Proxy(
      {},
      {
        ownKeys: () => ['id'],
        getOwnPropertyDescriptor: () => ({ value: 1, enumerable: true, configurable: true }),
      },
    );
    expect(redact(lying, { mode: 'values' })).toEqual({ id: '<undefined>' });
  });

  it('counts no key of a prototype, and keeps the members of objects of a class', () => {
    class Base {
      readonly id = 1;
      get password(): string {
        throw new Error('not asked for');
      }
    }
    const inherited = Object.create({ password: 'hunter2' }) as object;
    Object.assign(inherited, { total: 1 });

    expect(redact(new Base(), { mode: 'values' })).toEqual({ id: 1 });
    expect(redact(inherited, { mode: 'values' })).toEqual({ total: 1 });
  });

  it('goes on after a getter that throws, in every mode, and shows no text of its error', () => {
    const value = {
      id: 1,
      get total(): number {
        throw new TypeError('jane@example.com');
      },
      get note(): string {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- anything may be thrown
        throw 'jane@example.com';
      },
      status: 'paid',
    };

    expect(redact(value, { mode: 'values' })).toEqual({
      id: 1,
      total: '<threw TypeError>',
      note: '<threw>',
      status: 'paid',
    });
    expect(redact(value)).toEqual({
      id: '<number>',
      total: '<threw TypeError>',
      note: '<threw>',
      status: '<string, below 16 characters>',
    });
  });
});
