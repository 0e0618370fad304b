import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { defaultDetectors } from '../../../../src/redaction/detectors/default-detectors.ts';
import type { Detector } from '../../../../src/redaction/detectors/detector.ts';
import { replaceFound } from '../../../../src/redaction/detectors/replace-found.ts';
import type { Found } from '../../../../src/redaction/detectors/replace-found.ts';
import { scan } from '../../../../src/redaction/detectors/traits.ts';
import { benignValues } from './benign-values.ts';
import { personalValues, secretValues } from './sensitive-values.ts';

/** The text with labels in the place of what is found. */
function masked(
  text: string,
  detectors: readonly Detector[] = defaultDetectors,
  replace = ({ detector }: Found): string => `[${detector}]`,
): string {
  return replaceFound(text, scan(text), detectors, replace);
}

describe('replaceFound', () => {
  it.each(Object.entries(personalValues))('finds every %s, alone and in a sentence', (name, values) => {
    for (const value of values) {
      expect([value, masked(value)]).toEqual([value, value.replace(/^.*$/s, `[${name}]`)]);
      expect(masked(`before ${value} after`)).toBe(`before [${name}] after`);
      expect(masked(JSON.stringify([value]))).toBe(`["[${name}]"]`);
    }
  });

  it.each(Object.entries(secretValues))('lets nothing of a secret through: %s', (_issuer, secret) => {
    for (const text of [secret, `token is ${secret} ok`, `{"note":"${secret}"}`]) {
      expect(masked(text)).not.toContain(secret.slice(-8));
      expect(masked(text)).toMatch(/\[(?:api-key|jwt|private-key|secret|url-credentials)\]/);
    }
  });

  it.each([
    ['Authorization: Bearer abc123def456', 'Authorization: [authorization]'],
    ['Authorization: Basic amFuZTpzM2NyM3Q=', 'Authorization: [authorization]'],
    ['sent with Basic amFuZTpzM2NyM3Q= twice', 'sent with Basic [authorization] twice'],
    [
      'postgres://shop:s3cr3t@db.internal:5432/orders',
      'postgres://[url-credentials]@db.internal:5432/orders',
    ],
    [
      'mongodb+srv://u:p%40ss@cluster0.example.net/x',
      'mongodb+srv://[url-credentials]@cluster0.example.net/x',
    ],
    ['redis://:hunter2@cache:6379', 'redis://[url-credentials]@cache:6379'],
    ['jdbc:oracle:thin:scott/tiger@//host:1521/x', 'jdbc:oracle:thin:[url-credentials]@//host:1521/x'],
    ['Server=db;User Id=shop;Password=s3cr3t;', 'Server=db;User Id=shop;Password=[secret];'],
    ['password=hunter', 'password=[secret]'],
    ['{"apiKey": "0f8fad5bd9cb"}', '{"apiKey": "[secret]"}'],
    [
      'https://b.s3.amazonaws.com/k?X-Amz-Credential=AK%2F20261123&X-Amz-Expires=60&X-Amz-Signature=ab12cd',
      'https://b.s3.amazonaws.com/k?X-Amz-Credential=[url-secret]&X-Amz-Expires=60&X-Amz-Signature=[url-secret]',
    ],
    [
      '/k?AWSAccessKeyId=AKEXAMPLE&Signature=v%2Fx%3D&Expires=1',
      '/k?AWSAccessKeyId=[url-secret]&Signature=[url-secret]&Expires=1',
    ],
    ['https://a.blob.example/x?sv=2024&sig=aB%3D', 'https://a.blob.example/x?sv=2024&sig=[url-secret]'],
    ['/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkj1', '/cb?code=[url-secret]&state=[url-secret]'],
    ['/cb#access_token=2YotnFZFEjr1zCsicMWpAA&token_type=x', '/cb#access_token=[secret]&token_type=x'],
    ['Cookie: theme=dark; sid=31d4d96e407aad42', 'Cookie: [cookie]'],
    ['sid=31d4d96e407aad42; Path=/; HttpOnly', 'sid=[cookie]; Path=/; HttpOnly'],
    ['cart=b1946ac9; Secure; SameSite=Lax', 'cart=[cookie]; Secure; SameSite=Lax'],
    ['BIC DEUTDEFF500 and more', 'BIC [bic] and more'],
    ['write to jane%40example.com', 'write to [email]'],
    ['the NHS number is 943 476 5919', 'the NHS number is [national-id]'],
    ['Call me on 467 3395 please', 'Call me on [phone] please'],
    ['card 4111 1111 1111 1111 123', 'card [card] 123'],
    ['IBAN GB29 NWBK 6016 1331 9268 19 and more', 'IBAN [iban] and more'],
  ])('masks the secret part of %s', (text, expected) => {
    expect(masked(text)).toBe(expected);
  });

  it('leaves machine data and plain text as they are', () => {
    expect(benignValues.length).toBeGreaterThanOrEqual(60);
    expect(benignValues.filter((value) => masked(value) !== value)).toEqual([]);
  });

  it('finds no number whose check digits are wrong', () => {
    for (const text of [
      '4111111111111112',
      'GB29 NWBK 6016 1331 9268 18',
      '756.9217.0769.86',
      '811228-9875',
      '000-12-3456',
    ]) {
      expect(masked(text)).toBe(text);
    }
  });

  it('replaces all that it finds, and gives the same string back when there is nothing', () => {
    expect(masked('jane@example.com, joe@example.com, 4111111111111111')).toBe('[email], [email], [card]');
    expect(masked('nothing to see here')).toBe('nothing to see here');
    expect(masked('')).toBe('');
  });

  it('replaces as told, and does not read its own replacements', () => {
    const pseudonym = (value: string) => createHmac('sha256', 'key').update(value).digest('hex').slice(0, 16);
    const replace = ({ category, text }: Found): string => `<${category} ${pseudonym(text)}>`;

    expect(masked('to jane@example.com', defaultDetectors, replace)).toBe(
      `to <contact ${pseudonym('jane@example.com')}>`,
    );
  });

  it('replaces all of what overlapping detectors find, under the name of the first', () => {
    const short: Detector = { name: 'short', category: 'health', hint: () => true, pattern: /bcd/g };
    const long: Detector = { name: 'long', category: 'health', hint: () => true, pattern: /abcdef/g };

    expect(masked('xabcdefx', [short, long])).toBe('x[short]x');
  });

  it('replaces the group named value, and asks about it and its place', () => {
    const asked: unknown[] = [];
    const announced: Detector = {
      name: 'customer',
      category: 'identity',
      hint: () => true,
      pattern: /customer (?:no\. )?(?<value>\d+)/g,
      valid: (value, text, start) => {
        asked.push([value, text.slice(start)]);
        return value !== '1';
      },
    };

    expect(masked('customer 1, customer no. 12', [announced])).toBe('customer 1, customer no. [customer]');
    expect(asked).toEqual([
      ['1', '1, customer no. 12'],
      ['12', '12'],
    ]);
  });

  it('asks detectors of the user also where its own need not look', () => {
    const uuid: Detector = {
      name: 'patient',
      category: 'health',
      hint: () => true,
      pattern: /[\da-f-]{36}/g,
    };

    const text = 'a3bb189e-8bf9-4886-b68f-3f5e0e4a5c11';
    expect(masked(text, [...defaultDetectors, uuid])).toBe('[patient]');
  });

  it.each([
    'eyJa.',
    '-----BEGIN PRIVATE KEY-----',
    '4111 ',
    '06 1',
    'a@',
    'x@a.',
    '://a:',
    '1.',
    'Basic ',
    'GB29 ',
    'a=b; ',
  ])('ends on 1 MB of %s', (part) => {
    const text = part.repeat(1_000_000 / part.length);

    expect(masked(text).length).toBeGreaterThan(0);
  });
});
