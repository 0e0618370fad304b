import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parseStackTrace } from '../../../../local/xray/otlp/stack-frames.ts';
import { fc } from '../../../helpers/fast-check.ts';
import { documentOf } from './spans.ts';

describe('a printed stack trace', () => {
  it('of V8 has a frame for each call', () => {
    const text = [
      'TypeError: it broke',
      '  over two lines',
      '    at priceOrder (file:///app/src/price.ts:12:5)',
      '    at async Object.<anonymous> (/app/a (1)/b.js:3:1)',
      '    at new Order (C:\\app\\order.js:7:2)',
      '    at /app/anonymous.js:9:1',
      '    at async file:///app/top.mjs:1:2',
      '    at Array.map (<anonymous>)',
      '    at async Promise.all (index 0)',
      '    at eval (eval at run (/app/x.js:1:1), <anonymous>:4:5)',
      '    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
    ].join('\n');
    expect(parseStackTrace(text, 'nodejs')).toEqual([
      {
        stack: [
          { path: 'file:///app/src/price.ts', line: 12, label: 'priceOrder' },
          { path: '/app/a (1)/b.js', line: 3, label: 'async Object.<anonymous>' },
          { path: 'C:\\app\\order.js', line: 7, label: 'new Order' },
          { path: '/app/anonymous.js', line: 9 },
          { path: 'file:///app/top.mjs', line: 1 },
          { path: '<anonymous>', label: 'Array.map' },
          { path: 'index 0', label: 'async Promise.all' },
          { path: 'eval at run (/app/x.js:1:1), <anonymous>', line: 4, label: 'eval' },
          {
            path: 'node:internal/process/task_queues',
            line: 105,
            label: 'process.processTicksAndRejections',
          },
        ],
      },
    ]);
  });

  it.each([
    ['Node prints them', (error: Error) => inspect(error)],
    [
      'lambda-lantern prints them',
      ({ stack, cause }: Error) => `${stack ?? ''}\nCaused by: ${(cause as Error).stack ?? ''}`,
    ],
  ])('of V8 has the causes of an error, as %s', (_who, print) => {
    const error = new TypeError('outer', { cause: new RangeError('behind it') });

    const [outer, behind, ...others] = parseStackTrace(print(error), 'nodejs');

    expect(others).toEqual([]);
    expect(behind).toMatchObject({ type: 'RangeError', message: 'behind it' });
    for (const exception of [outer, behind]) {
      expect(exception?.stack?.[0]?.path).toMatch(/stack-frames\.test\.ts$/);
      expect(JSON.stringify(exception)).not.toContain(') {');
    }
  });

  it('of an error that this process threw names this test', () => {
    const { stack } = new RangeError('boom');
    expect(parseStackTrace(stack ?? '', 'nodejs')[0]?.stack?.[0]).toMatchObject({
      path: expect.stringContaining('stack-frames.test.ts') as string,
      line: expect.any(Number) as number,
    });
  });

  it('of Firefox and Safari has them too', () => {
    const text = 'order@http://localhost:5173/src/order.js:10:3\n@http://localhost:5173/:1:1\n';
    expect(parseStackTrace(text, 'webjs')).toEqual([
      {
        stack: [
          { path: 'http://localhost:5173/src/order.js', line: 10, label: 'order' },
          { path: 'http://localhost:5173/', line: 1 },
        ],
      },
    ]);
  });

  it('of Python begins at its end, and goes on with what caused it', () => {
    const text = [
      'Traceback (most recent call last):',
      '  File "/app/db.py", line 4, in read',
      '    return rows[key]',
      '           ~~~~^^^^^',
      "KeyError: 'o-1'",
      '',
      'The above exception was the direct cause of the following exception:',
      '',
      'Traceback (most recent call last):',
      '  File "/app/a, b.py", line 20, in <module>',
      '    handler()',
      '  File "/app/api.py", line 9, in handler',
      '    raise OrderError("no order: o-1") from error',
      'app.errors.OrderError: no order: o-1',
      'and a second line',
      '',
    ].join('\n');
    expect(parseStackTrace(text, 'python')).toEqual([
      {
        type: 'app.errors.OrderError',
        message: 'no order: o-1\nand a second line',
        stack: [
          { path: '/app/api.py', line: 9, label: 'handler' },
          { path: '/app/a, b.py', line: 20, label: '<module>' },
        ],
      },
      { type: 'KeyError', message: "'o-1'", stack: [{ path: '/app/db.py', line: 4, label: 'read' }] },
    ]);
  });

  it('of Python may have been thrown while another was handled, without a message', () => {
    const block = (type: string) =>
      `Traceback (most recent call last):\n  File "x.py", line 1, in f\n    f()\n${type}\n`;
    const during = 'During handling of the above exception, another exception occurred:';
    const text = `${block('ValueError: a: b')}\n${during}\n\n${block('SystemExit')}`;
    expect(parseStackTrace(text, undefined)).toMatchObject([
      { type: 'SystemExit' },
      { type: 'ValueError', message: 'a: b' },
    ]);
  });

  it('of Java goes on with its causes, and counts what they have in common', () => {
    const text = [
      'com.shop.OrderException: cannot price',
      'the order',
      '\tat app//com.shop.Prices.of(Prices.java:10)',
      '\tat com.shop.Main.main(Main.java)',
      '\tat java.base/jdk.internal.Native.call(Native Method)',
      '\tSuppressed: java.io.IOException: closing',
      '\t\tat com.shop.Db.close(Db.java:3)',
      '\t\t... 1 more',
      'Caused by: java.lang.IllegalStateException',
      '\tat com.shop.Db.read(Db.java:7)',
      '\t... 12 more',
      'Caused by: java.net.ConnectException: refused: db:5432',
      '\tat java.base/java.net.Socket.connect(Socket.java:1)',
    ].join('\r\n');
    expect(parseStackTrace(text, 'java')).toEqual([
      {
        type: 'com.shop.OrderException',
        message: 'cannot price\nthe order',
        stack: [
          { path: 'Prices.java', line: 10, label: 'com.shop.Prices.of' },
          { path: 'Main.java', label: 'com.shop.Main.main' },
          { path: 'Native Method', label: 'jdk.internal.Native.call' },
        ],
      },
      {
        type: 'java.lang.IllegalStateException',
        stack: [{ path: 'Db.java', line: 7, label: 'com.shop.Db.read' }],
        truncated: 12,
      },
      {
        type: 'java.net.ConnectException',
        message: 'refused: db:5432',
        stack: [{ path: 'Socket.java', line: 1, label: 'java.net.Socket.connect' }],
      },
    ]);
  });

  it('of .NET and of Go has its frames', () => {
    const dotnet =
      'System.Exception: x\n   at Shop.Price(Order o) in /src/Shop.cs:line 21\n   at Shop.Main()';
    expect(parseStackTrace(dotnet, 'dotnet')).toEqual([
      { stack: [{ path: '/src/Shop.cs', line: 21, label: 'Shop.Price(Order o)' }, { label: 'Shop.Main()' }] },
    ]);
    const go =
      'goroutine 1 [running]:\nmain.(*Shop).price(0xc000)\n\t/app/main.go:17 +0x1d\nmain.main()\n\t/app/main.go:3\n';
    expect(parseStackTrace(go, undefined)).toEqual([
      {
        stack: [
          { path: '/app/main.go', line: 17, label: 'main.(*Shop).price' },
          { path: '/app/main.go', line: 3, label: 'main.main' },
        ],
      },
    ]);
  });

  it.each([
    ['nothing', ''],
    ['a message', 'Error: no frames here'],
    ['another language’s', 'x.rb:1:in `y`'],
  ])('that holds %s has no frames', (_what, text) => {
    expect(parseStackTrace(text, undefined)).toEqual([]);
  });

  it('is cut where nobody reads on, and says how much', () => {
    const text = `Error\n${'    at f (x.js:1:1)\n'.repeat(1_000)}`;
    const [{ stack, truncated } = {}] = parseStackTrace(text, 'nodejs');
    expect(stack?.length).toBe(250);
    expect(truncated).toBe(750);
  });

  it('is never a reason to throw, whatever it holds', () => {
    const line = fc.constantFrom(
      '\tat a.b(C.java:1)',
      'Caused by: x',
      '\t... 3 more',
      '  File "a", line 1, in b',
      'During handling of the above exception, another exception occurred:',
      '    at x (y:1:1)',
      'goroutine 1 [running]:',
      '\t/a.go:1',
      '   at A() in b:line 3',
      '',
    );
    const text = fc.array(fc.oneof(line, fc.string()), { maxLength: 12 }).map((lines) => lines.join('\n'));
    const language = fc.constantFrom('nodejs', 'python', 'java', 'dotnet', 'go', 'constructor', undefined);
    fc.assert(
      fc.property(text, language, (printed, spoken) => {
        for (const { stack = [] } of parseStackTrace(printed, spoken)) {
          expect(stack.every(({ line: number }) => number === undefined || number >= 0)).toBe(true);
        }
      }),
    );
  });
});

describe('an exception that a span recorded', () => {
  it('has the stack of its language, and is followed by its causes', () => {
    const attributes = {
      'exception.type': 'OrderException',
      'exception.message': 'cannot price',
      'exception.stacktrace':
        'OrderException: cannot price\n\tat A.b(A.java:1)\nCaused by: java.io.IOException: closed\n\tat C.d(C.java:2)\n',
    };
    const { cause } = documentOf(
      { events: [{ name: 'exception', attributes }] },
      { 'telemetry.sdk.language': 'java' },
    );
    const [first, second] = typeof cause === 'object' ? (cause.exceptions ?? []) : [];
    expect(first).toMatchObject({
      type: 'OrderException',
      message: 'cannot price',
      stack: [{ path: 'A.java' }],
    });
    expect(second).toMatchObject({ type: 'java.io.IOException', message: 'closed', stack: [{ line: 2 }] });
    expect(first?.cause).toBe(second?.id);
    expect(second?.cause).toBeUndefined();
  });
});
