import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { portsFrom } from '../../local/command-options.ts';
import { checkPorts } from '../../local/ports.ts';

/** Ports that nothing else here uses; the options take no 0. */
const FIRST = 23_300;
const DAEMON = 23_390;
const OTLP = 23_391;
const own = { port: String(FIRST), 'daemon-port': String(DAEMON) };
const ports = portsFrom({ ...own, 'otlp-port': String(OTLP) });

async function take(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
}

describe('the ports of a service', () => {
  it('are free again after they were checked', async () => {
    await checkPorts(ports);
    await checkPorts(ports);
  });

  it.each([
    ['console', ports.console, '--port'],
    ['first API', ports.api(0), '--port'],
    ['Lambda API', ports.lambda, '--port'],
    ['SNS and SQS', ports.messaging, '--port'],
    ['DynamoDB', ports.tables, '--port'],
    ['S3', ports.buckets, '--port'],
    ['EventBridge', ports.events, '--port'],
    ['Scheduler', ports.scheduler, '--port'],
    ['OpenTelemetry', OTLP, '--otlp-port'],
    ['X-Ray daemon (TCP)', ports.daemon, '--daemon-port'],
  ])('are named when one is taken: %s', async (purpose, port, option) => {
    await take(port);

    const checked = checkPorts(ports);

    await expect(checked).rejects.toThrow(`Port ${port} on 127.0.0.1`);
    await expect(checked).rejects.toThrow(purpose);
    await expect(checked).rejects.toThrow(option);
  });

  it('are looked at for UDP too', async () => {
    const socket = createSocket('udp4').bind(ports.daemon, '127.0.0.1');
    await once(socket, 'listening');
    onTestFinished(() => void socket.close());

    await expect(checkPorts(ports)).rejects.toThrow('X-Ray daemon (UDP)');
  });
});
