/** Inputs that somebody chose to make redaction slow, each of about `size` characters as JSON. */
export interface Hostile {
  readonly name: string;
  readonly value: unknown;
}

/** Repeated, these make patterns start over again and again. */
const PARTS = [
  ...['a', 'A', '1', ' ', '-', '_', '.', '@', ':', '/', '=', '&', '%', '"', '\\', '\n', '\u00e9'],
  ...['a.', 'a-', 'a@', 'a ', 'a_', 'a:', 'a=', 'aA', 'a1', '1.', '1-', '1 ', '1/', '1,', '+1', '(1', '0:'],
  ...['a@a.', 'x@a', '://', 'a://a:', 'http://', 'www.', 'eyJ', 'eyJa.', 'eyJhbGci', 'ZXlK', 'sk-', 'ghp_'],
  ...[
    'AKIA',
    'Bearer ',
    'Basic ',
    'basic a',
    'password=',
    'token: ',
    'secret',
    'Cookie: a=',
    'a=b; ',
    '?a=b&',
  ],
  ...[
    '4111 ',
    '4111',
    '06 12 ',
    '+44 ',
    'GB29 ',
    'GB29NWBK',
    'AB12',
    '12-34-',
    '756.',
    'id 1',
    'ssn 1 ',
    'BIC A',
  ],
  ...['-----BEGIN PRIVATE KEY-----', '-----BEGIN ', 'fe80:', '00:1A:', '1.2.3.4 ', '%40', '%2540', '\\u0040'],
  // What is folded, and what begins a secret with a mark.
  ...['\u200b', '\u00a0', '\u2013', '\uff14', '\u{1d7d8}', 'e\u0301', '\u{1f600}', 'a\u200b', '1\u2013'],
  ...[
    'MII',
    'IQo',
    '$',
    '$2b$',
    '{SSHA}',
    'AAAA\n',
    '-----END PRIVATE KEY-----',
    'kty d="aaaaaaaaaaaaaaaa" ',
  ],
  ...[
    'sk-a',
    'a1_',
    'x_y_',
    '///a',
    'Aa1/',
    '://a:b',
    '://a:1/',
    'a@a.a@a.',
    '1:2:',
    'pps 12345678 ',
    'tel 1234567 ',
  ],
  ...['{"a":', '[', '[[', '{', '[{"a":[', '"\\"', 'a=1&b=', 'phone 1', 'Q~', 'a8Q~', '.atlasv1.', '-us1'],
];

/** Values that detectors find, one of them in every place. */
const FOUND = [
  'jane.doe@example.com',
  '+44 7700 900123',
  '4111 1111 1111 1111',
  'DE89370400440532013000',
  '203.0.113.42',
  'postgres://app:hunter2@db:5432/x',
  'Bearer abcDEF123456',
  '%6Aane%40example.com',
  'q=jane%40example.com&token=abc123',
  'amFuZUBleGFtcGxlLmNvbQ==',
  '{"email": "jane@example.com',
  '{"email":"jane@example.com"}',
];

/** Strings of one part, over and over. */
export function hostileStrings(size: number): Hostile[] {
  return PARTS.map((part) => ({
    name: `${JSON.stringify(part)} repeated`,
    value: `${part.repeat(Math.ceil(size / part.length)).slice(0, size)}!`,
  }));
}

/** Values built to cost much for their size. */
export function hostileValues(size: number): Hostile[] {
  const list = FOUND.map((text) => ({
    name: `a list of ${JSON.stringify(text)}`,
    value: Array.from({ length: Math.ceil(size / (text.length + 3)) }, () => text),
  }));
  const keys = FOUND.slice(0, 8).map((text) => ({
    name: `keys such as ${JSON.stringify(text)}`,
    value: Object.fromEntries(
      Array.from({ length: Math.ceil(size / (text.length + 10)) }, (_, at) => [`${text} ${at}`, 1]),
    ),
  }));
  const unlike = Array.from({ length: Math.ceil(size / 14) }, (_, at) => ({ [`k${at.toString(36)}`]: at }));
  let nested: unknown = 1;
  for (let level = 0; level < size / 6; level += 1) nested = { a: nested };
  let json = '{}';
  while (json.length < size / 2) json = JSON.stringify({ a: json });
  let base64 = 'jane@example.com';
  while (base64.length < size / 1.4) base64 = Buffer.from(base64).toString('base64');
  return [
    ...list,
    ...keys,
    { name: 'items that are all unlike', value: unlike },
    { name: 'levels of objects', value: nested },
    { name: 'levels of arrays', value: '['.repeat(size / 2) + ']'.repeat(size / 2) },
    { name: 'JSON in JSON', value: json },
    { name: 'base64 of base64', value: base64 },
    { name: 'one long key', value: { ['a@'.repeat(size / 2)]: 1 } },
    { name: 'empty arrays', value: Array.from({ length: size / 3 }, () => []) },
    { name: 'letters', value: Array.from({ length: size / 4 }, () => 'a') },
    { name: 'numbers like cards', value: Array.from({ length: size / 17 }, () => 4111111111111111) },
    { name: 'a form', value: { body: 'a%40b.cd=1&'.repeat(size / 11) } },
    {
      name: 'cookies',
      value: { statusCode: 200, cookies: Array.from({ length: 100 }, () => 'a=b; '.repeat(size / 500)) },
    },
    {
      name: 'parts of multipart',
      value: {
        statusCode: 200,
        headers: { 'content-type': 'multipart/form-data; boundary=a' },
        body: '--a\r\nx; name="a"\r\n\r\n'.repeat(size / 21),
      },
    },
  ];
}
