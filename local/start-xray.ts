import { join } from 'node:path';
import { ConsoleServer, builtConsole } from './console-server/console-server.ts';
import type { Account } from './xray/api/account.ts';
import { XRayApi } from './xray/api/xray-api.ts';
import type { DocumentReceiver } from './xray/daemon-requests.ts';
import { stateFolder } from './xray/store/state-folder.ts';
import { XRayDaemon } from './xray/daemon.ts';
import type { XRayDaemonOptions } from './xray/daemon.ts';
import { TraceStore } from './xray/trace-store.ts';

export interface XRayOptions {
  /** Of the page; 0 takes any free one. */
  readonly port: number;
  /** Of the X-Ray daemon, UDP and TCP; 0 takes one that is free for both. */
  readonly daemonPort: number;
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
  /** Frees every port. */
  stop(): Promise<void>;
}

/**
 * Starts what shows the traces of programs that somebody else runs.
 *
 * @throws Error for people when a port is taken; what had started is stopped again.
 */
export async function startXRay({ port, daemonPort, file, onNotice }: XRayOptions): Promise<XRayService> {
  const xray = new LocalXRay({ region: 'local', accountId: '000000000000', file, onNotice });
  const { store, api } = xray;
  const daemon = xray.daemon({
    port: daemonPort,
    howToChoosePort: 'the option --daemon-port of `lambda-lantern xray`',
  });
  const stop = async (): Promise<void> => {
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
    const { url } = await page.start();
    return {
      url,
      daemonAddress: address,
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

/** The store of traces, and what gives and takes them: the API and the daemon. */
export class LocalXRay {
  readonly store: TraceStore;
  readonly api: XRayApi;
  readonly #receiver: DocumentReceiver;

  constructor({ file, onNotice, ...account }: LocalXRayOptions) {
    this.store = new TraceStore({ file, onNotice });
    this.#receiver = {
      onDocument: (document) => this.store.put(document),
      onInvalid: (reason, sample) => {
        this.store.countInvalid();
        onNotice(`Not an X-Ray document: ${reason}: ${sample}`);
      },
    };
    this.api = new XRayApi({ ...account, store: this.store, receiver: this.#receiver });
  }

  /** X-Ray's daemon, whose documents the store keeps; what is none is counted there, and said. */
  daemon(port: Pick<XRayDaemonOptions, 'port' | 'howToChoosePort'>): XRayDaemon {
    return new XRayDaemon({
      ...port,
      ...this.#receiver,
      answer: (request, response) => this.api.answer(request, response),
      onDropped: (count) => this.store.countDropped(count),
    });
  }
}

/** Where the traces of a project are kept, outside of the project: see `stateFolder`. */
export function tracesFile(project: string): string {
  return join(stateFolder(project), 'traces.sqlite');
}
