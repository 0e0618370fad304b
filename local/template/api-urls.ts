import type { DeployedApi } from './apis.ts';

/** An API's address in AWS; a whole first segment of its path may be the stage. */
const deployedUrl =
  /https:\/\/([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?(?:\/([\w$-]+)(?![\w$.~%-]))?/g;

/**
 * Replaces the AWS addresses of the template's APIs by where they answer locally, which has no stage in its path:
 * `https://<id>.execute-api.<region>.amazonaws.com/local/orders` becomes `http://127.0.0.1:3000/orders`.
 * Addresses of other APIs, and of those without a local endpoint, stay as they are.
 */
export const localApiUrls = (
  apis: readonly DeployedApi[],
  endpointOf: (kind: 'REST' | 'HTTP', logicalId: string) => string | undefined,
): ((text: string) => string) => {
  const byId = new Map(apis.map((api) => [api.definition.id, api]));
  return (text) =>
    text.replaceAll(deployedUrl, (address: string, id: string, segment: string | undefined) => {
      const api = byId.get(id);
      const endpoint = api && endpointOf(api.definition.kind, api.logicalId)?.replace(/\/$/, '');
      if (api === undefined || endpoint === undefined) return address;
      return segment === undefined || segment === api.definition.stage ? endpoint : `${endpoint}/${segment}`;
    });
};
