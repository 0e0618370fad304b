import type { Server } from 'node:http';

/** The only address that anything of ours listens on. */
export const LOOPBACK = '127.0.0.1';

export interface PortRequest {
  /** 0 takes any free one. */
  readonly port: number;
  /** Who needs the port, for the message when it is taken: "X-Ray documents over UDP". */
  readonly purpose: string;
  /** How a user chooses another port, for the same message. */
  readonly howToChoose: string;
}

/**
 * Lets a server listen on 127.0.0.1 and gives the port.
 *
 * @throws Error that names the port, what needed it and how to choose another, when it cannot be had.
 */
export async function listen(server: Server, request: PortRequest): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const refuse = (cause: Error): void => reject(portError(request, cause));
    server.once('error', refuse);
    server.listen(request.port, LOOPBACK, () => {
      server.off('error', refuse);
      resolve();
    });
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : request.port;
}

/** Ends every connection too, so that nothing keeps the process alive. */
export async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

export function portError({ port, purpose, howToChoose }: PortRequest, cause: NodeJS.ErrnoException): Error {
  const problem =
    cause.code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be listened on: ${cause.message}`;
  return new Error(
    `Port ${port} on ${LOOPBACK}, needed for ${purpose}, ${problem}. ` +
      `Stop that program, or choose another port: ${howToChoose}.`,
    { cause },
  );
}
