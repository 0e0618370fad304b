import { ConsoleServer, builtConsole } from './console-server/console-server.ts';
import { XRayDaemon } from './xray/daemon.ts';
import type { XRayDaemonOptions } from './xray/daemon.ts';
import { TraceStore } from './xray/trace-store.ts';

export interface XRayOptions {
  /** Of the page; 0 takes any free one. */
  readonly port: number;
  /** Of the X-Ray daemon, UDP and TCP; 0 takes one that is free for both. */
  readonly daemonPort: number;
  /** Something that a person at the terminal should know. */
  readonly onNotice: (text: string) => void;
}

/** X-Ray's daemon and the page of its traces, with no service of ours beside them. */
export interface XRayService {
  /** Of the page. */
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
export async function startXRay({ port, daemonPort, onNotice }: XRayOptions): Promise<XRayService> {
  const store = new TraceStore();
  const daemon = daemonFor(store, {
    port: daemonPort,
    howToChoosePort: 'the option --daemon-port of `lambda-lantern xray`',
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
    const { url } = await page.start();
    return {
      url,
      daemonAddress: address,
      stop: async () => {
        await page.stop();
        await daemon.stop();
      },
    };
  } catch (error) {
    await daemon.stop();
    throw error;
  }
}

/** X-Ray's daemon, whose documents the store keeps; what is none is counted there, and said. */
export function daemonFor(
  store: TraceStore,
  { onNotice, ...port }: Pick<XRayDaemonOptions, 'port' | 'howToChoosePort'> & Pick<XRayOptions, 'onNotice'>,
): XRayDaemon {
  return new XRayDaemon({
    ...port,
    onDocument: (document) => store.put(document),
    onDropped: (count) => store.countDropped(count),
    onInvalid: (reason, sample) => {
      store.countInvalid();
      onNotice(`Not an X-Ray document: ${reason}: ${sample}`);
    },
  });
}
