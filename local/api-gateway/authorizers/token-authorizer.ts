import { readFile } from 'node:fs/promises';
import type { JSONWebKeySet, JWTPayload, JWTVerifyGetKey } from 'jose';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  jwtVerify,
} from 'jose';
import { isObject, without } from '../../json.ts';
import { messageOf } from '../../message-of.ts';
import type { AuthorizerClaims, TokenAuthorizerDefinition } from '../../template/service.ts';
import type { AuthorizerWork, Outcome, Refused } from './authorizer.ts';
import { identityOf } from './authorizer.ts';

/** Both kinds of API take tokens that an RSA key signs, and no others. Source: "Control access to HTTP APIs with JWT authorizers". */
const ALGORITHMS = ['RS256', 'RS384', 'RS512'];

/** Reads the tokens that a JWT authorizer of an HTTP API or a user pool of a REST API asks for. */
export class TokenAuthorizer {
  readonly #definition: TokenAuthorizerDefinition;
  #remoteKeys: JWTVerifyGetKey | undefined;

  constructor(definition: TokenAuthorizerDefinition) {
    this.#definition = definition;
  }

  async authorize({ values, scopes }: AuthorizerWork): Promise<Outcome> {
    const { kind, name, identitySources, tokenPattern, claims: given, keys } = this.#definition;
    const [identity] = identityOf(identitySources, values) ?? [];
    if (identity === undefined) {
      if (given !== undefined) return this.#accept(given, scopes);
      const reason = `the authorizer ${name} needs a token in ${identitySources.join(', ')}`;
      return this.#refuse('unauthorized', reason, 'Bearer');
    }
    if (tokenPattern !== undefined && !new RegExp(`^(?:${tokenPattern})$`).test(identity)) {
      return this.#refuse(
        'unauthorized',
        `the token does not match ${tokenPattern} of the authorizer ${name}`,
      );
    }
    const token = identity.replace(/^Bearer\s+/i, '');
    const read = await this.#read(token);
    if ('refused' in read) return read;
    const flaw = this.#flawOf(read.claims, scopes);
    if (flaw !== undefined) return this.#refuse('unauthorized', flaw);
    const scope = scopesOf(read.claims);
    if (scopes.length > 0 && !scopes.some((each) => scope.includes(each))) {
      const reason = `the token has none of the scopes ${scopes.join(', ')}; it has ${scope.join(', ') || 'none'}`;
      if (kind === 'cognito') return this.#refuse('unauthorized', reason);
      return this.#refuse('denied', reason, `Bearer scope="${scopes.join(' ')}" error="insufficient_scope"`);
    }
    const outcome = this.#accept(read.claims, scopes);
    const note = `the signature of the token is not checked: the authorizer ${name} has no keys here`;
    return keys === undefined ? { ...outcome, notes: [note] } : outcome;
  }

  /** The claims of a token, its times and its signature checked. */
  async #read(token: string): Promise<{ readonly claims: JWTPayload } | Refused> {
    const { name, keys } = this.#definition;
    let claims: JWTPayload;
    try {
      const { alg } = decodeProtectedHeader(token);
      claims = decodeJwt(token);
      if (alg === undefined || !ALGORITHMS.includes(alg)) {
        return this.#refuse(
          'unauthorized',
          `the token is signed with ${alg ?? 'nothing'}; AWS takes ${ALGORITHMS.join(', ')}`,
        );
      }
    } catch (error) {
      return this.#refuse('unauthorized', `the token is no JWT: ${messageOf(error)}`);
    }
    const now = Date.now() / 1000;
    if (claims.exp === undefined)
      return this.#refuse('unauthorized', 'the token has no exp: it would never expire');
    if (claims.exp <= now) {
      return this.#refuse(
        'token-expired',
        `the token expired at ${new Date(claims.exp * 1000).toISOString()}`,
      );
    }
    if (claims.nbf !== undefined && claims.nbf > now)
      return this.#refuse('unauthorized', 'the token is not valid yet (nbf)');
    if (claims.iat !== undefined && claims.iat > now + 1)
      return this.#refuse('unauthorized', 'the token is of the future (iat)');
    if (keys === undefined) return { claims };
    let keySet: JWTVerifyGetKey;
    try {
      keySet = await this.#keySet(keys);
    } catch (error) {
      return {
        refused: 'authorizer-failed',
        reason: `the keys of the authorizer ${name} in ${keys}: ${messageOf(error)}`,
      };
    }
    try {
      await jwtVerify(token, keySet, { algorithms: ALGORITHMS });
      return { claims };
    } catch (error) {
      if (error instanceof KeysError) {
        return {
          refused: 'authorizer-failed',
          reason: `the keys of the authorizer ${name} in ${keys}: ${withCauses(error.cause)}`,
        };
      }
      return this.#refuse(
        'unauthorized',
        `the token's signature, by the keys in ${keys}: ${messageOf(error)}`,
      );
    }
  }

  /** A file is read each time, so that new keys count at once; an address is asked again for a key that it has not told yet. */
  async #keySet(keys: string): Promise<JWTVerifyGetKey> {
    if (/^https?:\/\//.test(keys)) return (this.#remoteKeys ??= remoteKeys(new URL(keys)));
    const set: unknown = JSON.parse(await readFile(keys, 'utf8'));
    if (!isObject(set) || !Array.isArray(set.keys))
      throw new Error('expected a JWKS: an object with a list of keys');
    return createLocalJWKSet({ keys: set.keys.map(publicPart) } as JSONWebKeySet);
  }

  /** What is wrong with whose token it is and for whom, and of which kind. */
  #flawOf(claims: JWTPayload, scopes: readonly string[]): string | undefined {
    const { kind, issuers, audiences } = this.#definition;
    if (!issuers.includes(claims.iss ?? '')) {
      return `the token's issuer is ${claims.iss ?? 'missing'}; expected ${issuers.join(' or ')}`;
    }
    const audience = claims.aud ?? claims['client_id'];
    const meant: readonly unknown[] = Array.isArray(audience) ? audience : [audience];
    if (audiences.length > 0 && !meant.some((each) => audiences.includes(String(each)))) {
      return `the token's audience is ${audience === undefined ? 'missing' : meant.join(', ')}; expected ${audiences.join(' or ')}`;
    }
    const use = claims['token_use'];
    const wanted = scopes.length > 0 ? 'access' : 'id';
    return kind === 'cognito' && use !== wanted
      ? `the method takes a token whose token_use is ${wanted}, got ${JSON.stringify(use ?? 'none')}`
      : undefined;
  }

  #accept(claims: AuthorizerClaims, wanted: readonly string[]) {
    if (this.#definition.kind === 'cognito') {
      return { caller: { authorizer: { claims: mapClaims(claims, cognitoText) } }, notes: [] };
    }
    const scopes = wanted.length === 0 ? null : scopesOf(claims).filter((scope) => wanted.includes(scope));
    return { caller: { authorizer: { jwt: { claims: mapClaims(claims, jwtText), scopes } } }, notes: [] };
  }

  #refuse(
    refused: 'unauthorized' | 'token-expired' | 'denied',
    reason: string,
    challenge = 'Bearer error="invalid_token"',
  ): Refused {
    return {
      refused,
      reason,
      ...(this.#definition.kind === 'jwt' && { headers: [['www-authenticate', challenge]] }),
    };
  }
}

function scopesOf(claims: AuthorizerClaims): string[] {
  const scopes = claims['scope'] ?? claims['scp'];
  if (Array.isArray(scopes)) return scopes.map(String);
  return typeof scopes === 'string' ? scopes.split(' ').filter((scope) => scope !== '') : [];
}

function mapClaims(
  claims: AuthorizerClaims,
  textOfClaim: (value: unknown, name: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, textOfClaim(value, name)]));
}

/** The keys cannot be had, whatever the token is. Its cause says why. */
class KeysError extends Error {
  override readonly name = 'KeysError';
}

/** @returns what throws a KeysError where the address does not tell its keys */
function remoteKeys(address: URL): JWTVerifyGetKey {
  const keyFor = createRemoteJWKSet(address, {
    cooldownDuration: 0,
    [customFetch]: async (url, options) => {
      const response = await fetch(url, options);
      if (response.status !== 200)
        throw new Error(`expected 200 and a JWKS, got ${response.status} ${response.statusText}`.trim());
      return response;
    },
  });
  return async (header, token) => {
    try {
      return await keyFor(header, token);
    } catch (cause) {
      if (cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWKSMultipleMatchingKeys)
        throw cause;
      throw new KeysError('The keys cannot be had', { cause });
    }
  };
}

/** Functions of an HTTP API see every claim as a text, a list as `[a b]`. */
function jwtText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => jwtText(item)).join(' ')}]`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Functions of a REST API see times as dates, and a list as `a,b`. */
function cognitoText(value: unknown, name: string): string {
  if ((name === 'exp' || name === 'iat') && typeof value === 'number') {
    const [day, date, month, year, time] = new Date(value * 1000).toUTCString().replace(',', '').split(' ');
    return [day, month, date, time, 'UTC', year].join(' ');
  }
  if (Array.isArray(value)) return value.map(String).join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A file of keys for trying may hold the private parts, too, which would refuse to verify. */
function publicPart(key: unknown): unknown {
  if (!isObject(key)) return key;
  return without(key, 'd', 'p', 'q', 'dp', 'dq', 'qi');
}

/** What a failed fetch says is nothing without its causes. */
function withCauses(error: unknown): string {
  const message = messageOf(error);
  return error instanceof Error && error.cause !== undefined
    ? `${message}: ${withCauses(error.cause)}`
    : message;
}
