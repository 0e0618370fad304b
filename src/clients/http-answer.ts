import { errorMonitor } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';

/**
 * Settles when a request has been answered to the end, and rejects with what failed. Only watches: errors stay unhandled
 * for whom they were unhandled before, and a response that nobody takes is dropped, as Node does.
 *
 * @param onResponse told of the response when its headers are there.
 */
export function whenAnswered(
  request: ClientRequest,
  onResponse: (response: IncomingMessage) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let answer: IncomingMessage | undefined;
    const close = (): void => {
      if (answer?.complete === false)
        reject(new Error('The connection was closed before the response ended'));
      else resolve();
    };
    request.once(errorMonitor, reject);
    request.once('close', close);
    request.prependOnceListener('response', (response: IncomingMessage) => {
      answer = response;
      onResponse(response);
      response.once(errorMonitor, reject);
      response.once('end', resolve);
      response.once('close', close);
      // Without listeners Node drops the response; ours must not be the one that keeps it.
      if (request.listenerCount('response') === 0) response.resume();
    });
  });
}
