import type { Server } from 'node:http';

/** The only address that anything of ours listens on. */
export const LOOPBACK = '127.0.0.1';

/** What every server is told of its port. */
export interface PortOptions {
  /** 0 takes any free one. */
  readonly port: number;
  /**
   * How a user chooses another port; stands in the error when this one is taken.
   *
   * @default 'the option `port`, where 0 takes any free one'
   */
  readonly howToChoosePort?: string | undefined;
}

/**
 * Lets a server listen on 127.0.0.1 and gives the port.
 *
 * @param purpose what needs the port, for the message when it is taken: "X-Ray documents over UDP"
 * @throws Error that names the port, what needed it and how to choose another, when it cannot be had.
 */
export async function listen(server: Server, purpose: string, options: PortOptions): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const refuse = (cause: Error): void => reject(portError(purpose, options, cause));
    server.once('error', refuse);
    server.listen(options.port, LOOPBACK, () => {
      server.off('error', refuse);
      resolve();
    });
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : options.port;
}

/** Ends every connection too, so that nothing keeps the process alive. */
export async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

export function portError(
  purpose: string,
  { port, howToChoosePort = 'the option `port`, where 0 takes any free one' }: PortOptions,
  cause: NodeJS.ErrnoException,
): Error {
  const problem =
    cause.code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be listened on: ${cause.message}`;
  return new Error(
    `Port ${port} on ${LOOPBACK}, needed for ${purpose}, ${problem}. ` +
      `Stop that program, or choose another port: ${howToChoosePort}.`,
    { cause },
  );
}
