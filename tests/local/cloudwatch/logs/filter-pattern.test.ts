import { describe, expect, it } from 'vitest';
import { parseFilterPattern } from '../../../../local/cloudwatch/logs/filter-pattern.ts';

function matches(pattern: string, message: string): boolean {
  return parseFilterPattern(pattern)(message) !== undefined;
}

describe('a pattern of terms', () => {
  const line = '[ERROR 401] Unauthorized request: token "abc" was refused';

  it.each([
    ['', true],
    ['ERROR', true],
    ['error', false],
    ['ERROR request', true],
    ['ERROR WARN', false],
    ['"Unauthorized request"', true],
    ['"request Unauthorized"', false],
    ['?WARN ?ERROR', true],
    ['?WARN ?INFO', false],
    ['ERROR -401', false],
    ['ERROR -500', true],
    ['%4\\d\\d%', true],
    ['%^5%', false],
    ['"token \\"abc\\""', true],
  ])('%s: %s', (pattern, expected) => {
    expect(matches(pattern, line)).toBe(expected);
  });
});

describe('a pattern for JSON', () => {
  const report = JSON.stringify({
    type: 'platform.report',
    record: { status: 'timeout', metrics: { durationMs: 3000.5, initDurationMs: null }, tags: ['a', 'b'] },
    'error code': 'E-404',
    ok: true,
    list: [{ id: 1 }, { id: 7 }],
    ip: '10.0.1.7',
  });

  it.each([
    ['{ $.type = "platform.report" }', true],
    ['{ $.type = platform.report }', true],
    ['{ $.type = "platform.*" && $.record.status = "timeout" }', true],
    ['{ $.type = "platform.report" && $.record.status != "timeout" }', false],
    ['{ ($.type = "x") || ($.record.metrics.durationMs > 3000) }', true],
    ['{ $.type = "x" || $.ok IS TRUE && $.record.metrics.durationMs <= 3000.5 }', true],
    ['{ $.record.metrics.durationMs < 3e3 }', false],
    ['{ $.record.metrics.durationMs >= 3000.5 }', true],
    ['{ $.record.metrics.durationMs = 3000.5 }', true],
    ['{ $.record.metrics.initDurationMs IS NULL }', true],
    ['{ $.record.metrics.initDurationMs > 0 }', false],
    ['{ $.record.missing IS NULL }', false],
    ['{ $.record.missing NOT EXISTS }', true],
    ['{ $.record.status NOT EXISTS }', false],
    ['{ $.record.status EXISTS }', true],
    ['{ $.record.missing != "x" }', false],
    ['{ $.ok IS FALSE }', false],
    ['{ $.record.tags[1] = "b" }', true],
    ['{ $.record.tags[*] = "b" }', true],
    ['{ $.list[*].id = 7 }', true],
    ['{ $.list[0].id = 7 }', false],
    ['{ $.[\'error code\'] = "E-*" }', true],
    ['{ $.ip = 10.0.* }', true],
    ['{ $.ip = %10\\.\\d+\\.1\\.7% }', true],
    ['{$.type="platform.report"&&$.ok IS TRUE}', true],
  ])('%s: %s', (pattern, expected) => {
    expect(matches(pattern, report)).toBe(expected);
  });

  it('matches no text', () => {
    expect(matches('{ $.type = "*" }', 'REPORT RequestId: 1')).toBe(false);
    expect(matches('{ $.type NOT EXISTS }', '{ "type": ')).toBe(false);
  });

  it('gives the values of the event', () => {
    const match = parseFilterPattern('{ $.type = "platform.report" }')(report);
    expect(match?.value('$.record.metrics.durationMs')).toBe(3000.5);
    expect(match?.value('$.nothing.here')).toBeUndefined();
  });

  it.each([
    ['{ $.a }', 'expected an operator, IS, EXISTS or NOT EXISTS, got }'],
    ['{ $.a = }', 'expected a text or a number, got }'],
    ['{ a = 1 }', 'expected a selector such as $.field, got a'],
    ['{ $.a = 1', 'expected "}" and nothing behind it, got the end'],
    ['{ ($.a = 1 }', 'expected ")", got }'],
    ['{ $.a IS MISSING }', 'expected NULL, TRUE or FALSE, got MISSING'],
    ['{ $.a > "text" }', '> compares numbers, but the pattern has "text".'],
    ['{ $.a = %(% }', '%(% is no regular expression.'],
  ])('refuses %s', (pattern, message) => {
    expect(() => parseFilterPattern(pattern)).toThrow(message);
  });
});

describe('a pattern for fields with spaces between', () => {
  const report =
    'REPORT RequestId: 1-2\tDuration: 12.50 ms\tBilled Duration: 13 ms\tMemory Size: 256 MB\tMax Memory Used: 80 MB\t';
  const access = '127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534';

  it('takes quotes and brackets for one field', () => {
    const match = parseFilterPattern('[ip, id, user, time, request="*.html*", status=4*, bytes>1000]')(
      access,
    );
    expect(match?.value('$request')).toBe('GET /index.html HTTP/1.0');
    expect(match?.value('$bytes')).toBe('1534');
    expect(matches('[ip, id, user, time, request, status=5*, bytes]', access)).toBe(false);
  });

  it('must have as many fields as the line, but for an ellipsis', () => {
    expect(matches('[ip, id, user, time, request, status]', access)).toBe(false);
    expect(matches('[ip, ..., status=404, bytes]', access)).toBe(true);
    expect(matches('[..., bytes=1534]', access)).toBe(true);
    expect(matches('[a, b, c, d, e, f, g, h, ...]', access)).toBe(false);
  });

  it('compares a field more than once', () => {
    expect(matches('[..., status=404 || status=500, bytes]', access)).toBe(true);
    expect(matches('[..., status>=400 && status<404, bytes]', access)).toBe(false);
  });

  it('reads a REPORT line', () => {
    const pattern =
      '[report="REPORT", label="RequestId:", id, d="Duration:", duration, du="ms", b="Billed", bl="Duration:", billed, bu="ms", m="Memory", s="Size:", size, mu="MB", x="Max", xm="Memory", u="Used:", used, uu="MB", ...]';
    expect(parseFilterPattern(pattern)(report)?.value('$used')).toBe('80');
    expect(matches(pattern, 'END RequestId: 1-2')).toBe(false);
  });

  it.each([
    ['[a, ..., b, ...]', '"..." may stand once.'],
    ['[a b]', 'expected a name, or name = value, got a b'],
    ['[a, b', 'expected [field, field, ...].'],
  ])('refuses %s', (pattern, message) => {
    expect(() => parseFilterPattern(pattern)).toThrow(message);
  });
});
