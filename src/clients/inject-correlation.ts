import { injections } from './injections.ts';

type Input = Readonly<Record<string, unknown>>;

/** Puts a correlation id into the input of a command; returns the caller's own input where nothing is to be added. */
export type InputInjector = (
  service: string,
  operation: string,
  input: Input,
  correlationId: string,
) => Input;

/**
 * Injection as the client needs it: it finds what is to be done for a command, warns of messages that are sent without the id,
 * and never fails.
 *
 * @param payload whether payloads may be changed.
 */
export function createInputInjector(
  payload: boolean,
  warn: (message: string, error?: unknown) => void,
): InputInjector {
  const enabled = injections.filter((injection) => payload || !injection.payload);
  return (service, operation, input, correlationId) => {
    try {
      let carrying = input;
      for (const { client, command, inject } of enabled) {
        if (client !== service || command !== operation) continue;
        const injected = inject(carrying, correlationId);
        carrying = injected.input as Input;
        for (const reason of injected.leftOut) {
          warn(`${service} ${operation}: ${reason}; it is sent without its correlation id`);
        }
      }
      return carrying;
    } catch (error) {
      warn(`${service} ${operation}: the correlation id could not be added; it is sent without`, error);
      return input;
    }
  };
}
