import type { ApiDefinition } from '../service.ts';

/** An API's address in AWS, or a function's; a whole first segment of an API's path may be the stage. */
const DEPLOYED_URL =
  /https:\/\/([a-z0-9]+)\.(?:execute-api\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?|lambda-url\.[a-z0-9-]+\.on\.aws)(?:\/([\w$-]+)(?![\w$.~%-]))?/g;

/**
 * Replaces the AWS addresses of the service's APIs by where they answer locally, which has no stage in its path:
 * `https://<id>.execute-api.<region>.amazonaws.com/local/orders` becomes `http://127.0.0.1:3000/orders`.
 * Addresses of other APIs, and of those without a local endpoint, stay as they are.
 */
export function localApiUrls(
  apis: readonly ApiDefinition[],
  endpointOf: (index: number) => string | undefined,
): (text: string) => string {
  return (text) =>
    text.replaceAll(DEPLOYED_URL, (address: string, id: string, segment: string | undefined) => {
      const index = apis.findIndex((api) => api.id === id);
      const endpoint = index === -1 ? undefined : endpointOf(index)?.replace(/\/$/, '');
      if (endpoint === undefined) return address;
      const { stage, functionUrl } = apis[index] ?? {};
      return segment === undefined || (segment === stage && functionUrl === undefined)
        ? endpoint
        : `${endpoint}/${segment}`;
    });
}
