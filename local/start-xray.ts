import { join } from 'node:path';
import { ConsoleServer, builtConsole } from './console-server/console-server.ts';
import type { PortOptions } from './http/loopback.ts';
import type { Account } from './xray/api/account.ts';
import { XRayApi } from './xray/api/xray-api.ts';
import { stateFolder } from './xray/store/state-folder.ts';
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
  /** The file that traces are kept in; see `tracesFile`. Without it they are kept in memory. */
  readonly file?: string | undefined;
  /** Something that a person at the terminal should know. */
  readonly onNotice: (text: string) => void;
}

/** X-Ray's daemon and the page of its traces, with no service of ours beside them. */
export interface XRayService {
  /** Of the page, and of the X-Ray API, as `AWS_ENDPOINT_URL_XRAY` wants it. */
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
  const { port, daemonPort, otlpPort, file, onNotice } = options;
  const xray = new LocalXRay({ region: 'local', accountId: '000000000000', file, onNotice });
  const { store, api } = xray;
  const otlp = xray.otlp({
    otlpPort,
    howToChoosePort: 'the option --otlp-port of `lambda-lantern xray`',
  });
  const daemon = xray.daemon({
    port: daemonPort,
    howToChoosePort: 'the option --daemon-port of `lambda-lantern xray`',
  });
  const stop = async (): Promise<void> => {
    await otlp.stop();
    await daemon.stop();
    store.close();
  };
  const { address } = await daemon.start().catch((error: unknown) => {
    store.close();
    throw error;
  });
  const page = new ConsoleServer({
    store,
    xray: api,
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
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

export interface LocalXRayOptions extends Account, Pick<XRayOptions, 'file' | 'onNotice'> {}

/** A part that may be absent: `start` gives its URL, or nothing when the port is taken and nobody chose it. */
export interface OtlpReceiver {
  start(): Promise<string | undefined>;
  stop(): Promise<void>;
}

/** The store of traces, and what gives and takes them: the API, the daemon and OpenTelemetry's receiver. */
export class LocalXRay {
  readonly store: TraceStore;
  readonly api: XRayApi;
  readonly #receiver: DocumentReceiver;
  readonly #onNotice: XRayOptions['onNotice'];

  constructor({ file, onNotice, ...account }: LocalXRayOptions) {
    this.store = new TraceStore({ file, onNotice });
    this.#onNotice = onNotice;
    this.#receiver = receiverFor(this.store, onNotice);
    this.api = new XRayApi({ ...account, store: this.store, receiver: this.#receiver });
  }

  /** X-Ray's daemon, whose documents the store keeps; what is none is counted there, and said. */
  daemon(port: Partial<PortOptions>): XRayDaemon {
    return new XRayDaemon({
      ...port,
      ...this.#receiver,
      answer: (request, response) => this.api.answer(request, response),
      onDropped: (count) => this.store.countDropped(count),
    });
  }

  /** OpenTelemetry's receiver, whose spans the store keeps as documents. */
  otlp({
    otlpPort,
    howToChoosePort,
  }: Pick<XRayOptions, 'otlpPort'> & Pick<PortOptions, 'howToChoosePort'>): OtlpReceiver {
    const server = new OtlpServer({
      ...(otlpPort !== undefined && { port: otlpPort }),
      howToChoosePort,
      ...this.#receiver,
    });
    return {
      start: async () => {
        try {
          return (await server.start()).url;
        } catch (error) {
          if (otlpPort !== undefined) throw error;
          this.#onNotice(`OpenTelemetry is not received over HTTP. ${(error as Error).message}`);
          return undefined;
        }
      },
      stop: () => server.stop(),
    };
  }
}

/** Where the traces of a project are kept, outside of the project: see `stateFolder`. */
export function tracesFile(project: string): string {
  return join(stateFolder(project), 'traces.sqlite');
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
