import { ConsoleServer, builtConsole } from './console-server/console-server.ts';
import type { PortOptions } from './http/loopback.ts';
import { XRayDaemon } from './xray/daemon.ts';
import { OtlpServer } from './xray/otlp/otlp-server.ts';
import type { DocumentReceiver } from './xray/received-documents.ts';
import { TraceStore } from './xray/trace-store.ts';

export interface XRayOptions {
  /** Of the page; 0 takes any free one. */
  readonly port: number;
  /** Of the X-Ray daemon, UDP and TCP; 0 takes one that is free for both. */
  readonly daemonPort: number;
  /**
   * Of OpenTelemetry over HTTP; 0 takes any free one. Undefined is 4318, and all else starts without it when another
   * program has that.
   */
  readonly otlpPort?: number | undefined;
  /** Something that a person at the terminal should know. */
  readonly onNotice: (text: string) => void;
}

/** X-Ray's daemon and the page of its traces, with no service of ours beside them. */
export interface XRayService {
  /** Of the page. */
  readonly url: string;
  /** As `AWS_XRAY_DAEMON_ADDRESS` wants it. */
  readonly daemonAddress: string;
  /** As `OTEL_EXPORTER_OTLP_ENDPOINT` wants it; undefined when the usual port is another program's. */
  readonly otlpUrl: string | undefined;
  /** Frees every port. */
  stop(): Promise<void>;
}

/**
 * Starts what shows the traces of programs that somebody else runs.
 *
 * @throws Error for people when a port is taken; what had started is stopped again.
 */
export async function startXRay(options: XRayOptions): Promise<XRayService> {
  const { port, daemonPort, onNotice } = options;
  const store = new TraceStore();
  const daemon = daemonFor(store, {
    port: daemonPort,
    howToChoosePort: 'the option --daemon-port of `lambda-lantern xray`',
    onNotice,
  });
  const otlp = otlpFor(store, {
    otlpPort: options.otlpPort,
    howToChoosePort: 'the option --otlp-port of `lambda-lantern xray`',
    onNotice,
  });
  const { address } = await daemon.start();
  const page = new ConsoleServer({
    store,
    port,
    howToChoosePort: 'the option --port of `lambda-lantern xray`',
    staticDirectory: builtConsole(),
    serviceInfo: () => ({
      name: 'X-Ray',
      stage: 'local',
      region: 'local',
      tracing: true,
      functions: [],
      tryThis: [`AWS_XRAY_DAEMON_ADDRESS=${address} node your-program.js`],
    }),
  });
  try {
    const otlpUrl = await otlp.start();
    const { url } = await page.start();
    return {
      url,
      daemonAddress: address,
      otlpUrl,
      stop: async () => {
        await page.stop();
        await otlp.stop();
        await daemon.stop();
      },
    };
  } catch (error) {
    await otlp.stop();
    await daemon.stop();
    throw error;
  }
}

type SaidOptions = PortOptions & Pick<XRayOptions, 'onNotice'>;

/** X-Ray's daemon, whose documents the store keeps; what is none is counted there, and said. */
export function daemonFor(store: TraceStore, { onNotice, ...port }: SaidOptions): XRayDaemon {
  return new XRayDaemon({
    ...port,
    ...receiverFor(store, onNotice),
    onDropped: (count) => store.countDropped(count),
  });
}

/** A part that may be absent: `start` gives its URL, or nothing when the port is taken and nobody chose it. */
export interface OtlpReceiver {
  start(): Promise<string | undefined>;
  stop(): Promise<void>;
}

/** OpenTelemetry's receiver, whose spans the store keeps as documents. */
export function otlpFor(
  store: TraceStore,
  { otlpPort, onNotice, howToChoosePort }: Omit<SaidOptions, 'port'> & Pick<XRayOptions, 'otlpPort'>,
): OtlpReceiver {
  const server = new OtlpServer({
    ...(otlpPort !== undefined && { port: otlpPort }),
    howToChoosePort,
    ...receiverFor(store, onNotice),
  });
  return {
    start: async () => {
      try {
        return (await server.start()).url;
      } catch (error) {
        if (otlpPort !== undefined) throw error;
        onNotice(`OpenTelemetry is not received over HTTP. ${(error as Error).message}`);
        return undefined;
      }
    },
    stop: () => server.stop(),
  };
}

function receiverFor(store: TraceStore, onNotice: XRayOptions['onNotice']): DocumentReceiver {
  const said = new Set<string>();
  return {
    onDocument: (document) => store.put(document),
    onInvalid: (reason, sample, { kind, count }) => {
      store.countInvalid(kind, count);
      onNotice(`Not kept as a trace: ${reason}${sample === '' ? '' : `: ${sample}`}`);
    },
    onNotKept: (kind, message) => {
      store.countInvalid(kind);
      if (!said.has(kind)) onNotice(message);
      said.add(kind);
    },
  };
}
