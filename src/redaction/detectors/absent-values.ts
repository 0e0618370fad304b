const ABSENT: ReadonlySet<string> = new Set([
  ...[
    '',
    'null',
    'undefined',
    'nil',
    'nan',
    'n/a',
    'na',
    'none',
    'empty',
    'missing',
    'absent',
    'unset',
    'not set',
  ],
  ...[
    'not provided',
    'not given',
    'not available',
    'not present',
    '(none)',
    '(null)',
    '(empty)',
    '<none>',
    '<null>',
  ],
  ...['<empty>', '-', '--', '""', "''", '{}', '[]'],
]);

/** What a program says of a value in its place: a yes or a no, and what was done to it. None of them is a password that anybody would choose. */
const STATUSES: ReadonlySet<string> = new Set([
  ...['true', 'false', 'yes', 'no', 'on', 'off'],
  ...[
    'required',
    'invalid',
    'valid',
    'expired',
    'revoked',
    'redacted',
    'masked',
    'hidden',
    'filtered',
    'present',
  ],
  ...[
    'provided',
    'verified',
    'unverified',
    'confirmed',
    'unconfirmed',
    'enabled',
    'disabled',
    'optional',
    'rejected',
  ],
  ...[
    'ok',
    'done',
    'sent',
    'failed',
    'declined',
    'mismatch',
    'unchanged',
    'not found',
    'not valid',
    'not required',
  ],
  ...[
    '[redacted]',
    '[masked]',
    '[hidden]',
    '[filtered]',
    '<redacted>',
    '<hidden>',
    '***',
    '****',
    '*****',
    '******',
  ],
  '********',
]);
/** Whether a text says that there is no value: `null`, `none`, `n/a`. `null123` is one. */
export function isAbsent(text: string): boolean {
  return text.length <= 16 && ABSENT.has(text.trim().toLowerCase());
}

/** Whether a text says something of a value, and not the value: `true`, `required`, `[redacted]`. */
export function isStatus(text: string): boolean {
  return text.length <= 16 && STATUSES.has(text.trim().toLowerCase());
}
