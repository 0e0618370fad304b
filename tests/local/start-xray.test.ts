import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Losses } from '../../local/xray/trace.ts';
import { LocalXRay, startXRay } from '../../local/start-xray.ts';
import { OTLP_PORT, OtlpServer } from '../../local/xray/otlp/otlp-server.ts';
import { PATIENT } from '../helpers/until.ts';

async function takenPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const SPAN = {
  traceId: '5f84c7a14e1f2d3c4b5a69788796a5b4',
  spanId: '53995c3f42cd8ad8',
  name: 'work',
  startTimeUnixNano: '1700000000000000000',
  endTimeUnixNano: '1700000001000000000',
};

function post(url: string, body: object): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

describe('X-Ray alone', () => {
  it('shows spans of OpenTelemetry on its page, and tells of what it did not keep', async () => {
    const notices: string[] = [];
    const service = await startXRay({
      port: 0,
      daemonPort: 0,
      otlpPort: 0,
      onNotice: (text) => notices.push(text),
    });
    onTestFinished(() => service.stop());
    const spans = [SPAN, { ...SPAN, spanId: '' }, { ...SPAN, spanId: '00' }];

    await post(`${service.otlpUrl ?? ''}/v1/traces`, { resourceSpans: [{ scopeSpans: [{ spans }] }] });
    await post(`${service.otlpUrl ?? ''}/v1/metrics`, {});
    await post(`${service.otlpUrl ?? ''}/v1/metrics`, {});

    await vi.waitFor(async () => {
      const listing = (await (await fetch(`${service.url}/api/traces`)).json()) as {
        traces: unknown[];
        losses: Losses;
      };
      expect(listing.traces).toMatchObject([{ id: '1-5f84c7a1-4e1f2d3c4b5a69788796a5b4', name: 'work' }]);
      expect(listing.losses).toMatchObject({
        invalid: 4,
        invalidReasons: { InvalidId: 2, 'OpenTelemetry metrics': 2 },
      });
    }, PATIENT);
    expect(notices).toEqual([
      expect.stringMatching(/^Not kept as a trace: InvalidId: .*\(and 1 more\)/),
      expect.stringMatching(/metrics are taken and not kept/),
    ]);
  });

  it('does not start when the port that was chosen for OpenTelemetry is taken, and leaves none open', async () => {
    const otlpPort = await takenPort();
    const options = { port: 0, daemonPort: 0, onNotice: () => undefined };
    await expect(startXRay({ ...options, otlpPort })).rejects.toThrow(
      new RegExp(`Port ${otlpPort} .*OpenTelemetry.*--otlp-port of .lambda-lantern xray`),
    );
  });
});

describe('the usual port of OpenTelemetry', () => {
  it('is left to the program that has it, which is said', async () => {
    const nothing = (): undefined => undefined;
    const other = new OtlpServer({ onDocument: nothing, onInvalid: nothing });
    // Some other program of this machine may have it just as well.
    const first = await other.start().catch(() => undefined);
    onTestFinished(() => other.stop());
    const notices: string[] = [];
    const account = { region: 'local', accountId: '000000000000' };
    const xray = new LocalXRay({ ...account, onNotice: (text) => notices.push(text) });

    const receiver = xray.otlp({ howToChoosePort: '--otlp-port' });
    const url = await receiver.start();
    await receiver.stop();

    expect([first?.port ?? OTLP_PORT, url]).toEqual([OTLP_PORT, undefined]);
    expect(notices).toEqual([
      expect.stringMatching(/^OpenTelemetry is not received over HTTP\. Port 4318 .* is taken .*--otlp-port/),
    ]);
  });
});
