/**
 * The last catch of a program that others send to: an error that nothing caught is told, and the program goes on. The
 * emulators that we build on throw where no caller of theirs can catch it.
 *
 * A framework's own handlers, which end the process, are set aside meanwhile.
 *
 * @returns ends it, and puts those handlers back.
 */
export function surviveErrors(onError: (text: string) => void): () => void {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const tell = (error: unknown): void => {
    // The terminal is closed: to tell it would be the next such error.
    if (error instanceof Error && 'syscall' in error && error.syscall === 'write') return;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    onError(`Something went wrong that should not have, and Lantern goes on: ${text}`);
  };
  const aside = events.map((event) => {
    const listeners = process.rawListeners(event) as (() => void)[];
    for (const listener of listeners) process.off(event, listener);
    process.on(event, tell);
    return { event, listeners };
  });
  return () => {
    for (const { event, listeners } of aside) {
      process.off(event, tell);
      for (const listener of listeners) process.on(event, listener);
    }
  };
}
