import { recordError } from '../telemetry/traced.ts';
import { tellRoute } from '../telemetry/trace-scope.ts';

/** What a middleware of a router is given; that of Powertools' Event Handler fits. */
export interface RoutedRequest {
  readonly reqCtx: {
    /** The route as it was registered, such as `GET /orders/:id`; `null` where there is none. */
    readonly route?: string | null;
  };
  readonly next: () => Promise<unknown>;
}

/**
 * Middleware for the router of Powertools' Event Handler, within a handler with `tracing()`: records the route on the
 * handler's span, and the error that a route throws, which the router turns into an answer.
 *
 * @example
 * const app = new Router();
 * app.use(recordRoute);
 */
export async function recordRoute({ reqCtx, next }: RoutedRequest): Promise<void> {
  if (typeof reqCtx.route === 'string') tellRoute(reqCtx.route);
  try {
    await next();
  } catch (error) {
    recordError(error);
    throw error;
  }
}
