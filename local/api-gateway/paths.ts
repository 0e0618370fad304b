/** The forms in which each kind of API shows the path of a request. */
import type { ApiDefinition } from '../template/service.ts';

/**
 * `path` of a REST API's event, `rawPath` of an HTTP API's and of the URL of a function: as captures of events in AWS have them.
 *
 * @param rawPath percent-encoded, as sent
 */
export function shownPath(
  { kind, functionUrl }: Pick<ApiDefinition, 'kind' | 'functionUrl'>,
  rawPath: string,
): string {
  if (functionUrl !== undefined) return rawPath;
  // Of a REST API only the slashes in front are one; requestContext keeps them all.
  return kind === 'REST' ? rawPath.replace(/^\/+/, '/') : httpApiPath(rawPath);
}

/** Decoded; several slashes are one, encoded or not, and nothing behind a `?` that was encoded is left. */
function httpApiPath(rawPath: string): string {
  return oneSlashEach(decodePath(rawPath).replace(/\?.*$/s, ''));
}

export function oneSlashEach(path: string): string {
  return path.replaceAll(/\/{2,}/g, '/');
}

/** Decodes what is encoded properly, and leaves everything else as it stands. */
export function decodePath(path: string): string {
  return path.replaceAll(/(?:%[\da-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}
