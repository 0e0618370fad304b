import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../local/api-gateway/routing.ts';
import { fc } from '../../helpers/fast-check.ts';
import { api } from './serve.ts';

function route(kind: 'REST' | 'HTTP', routes: readonly string[], method: string, path: string) {
  const match = createRouter(api(kind, routes))(method, path);
  return match && { route: `${match.route.method} ${match.route.path}`, parameters: match.pathParameters };
}

describe.each(['REST', 'HTTP'] as const)('the router of a %s API', (kind) => {
  const routes = [
    'ANY /{proxy+}',
    'GET /orders/{id}',
    'GET /orders/new',
    'GET /',
    'ANY /orders',
    'POST /orders',
  ];

  it.each([
    ['GET', '/orders/new', 'GET /orders/new'],
    ['GET', '/orders/1', 'GET /orders/{id}'],
    ['GET', '/orders/1/items', 'ANY /{proxy+}'],
    ['GET', '/', 'GET /'],
    ['POST', '/orders', 'POST /orders'],
    ['DELETE', '/orders', 'ANY /orders'],
    ['OPTIONS', '/anything', 'ANY /{proxy+}'],
  ])('takes %s %s to the most specific route', (method, path, expected) => {
    expect(route(kind, routes, method, path)?.route).toBe(expected);
  });

  it('prefers the literal even where an earlier segment is a parameter elsewhere', () => {
    const some = ['GET /{shop}/orders', 'GET /main/{list}'];
    expect(route(kind, some, 'GET', '/main/orders')?.route).toBe('GET /main/{list}');
  });

  it('does not match an empty parameter, or a greedy one with nothing to take', () => {
    expect(route(kind, ['GET /orders/{id}/items'], 'GET', '/orders//items')).toBeUndefined();
    expect(route(kind, ['GET /{proxy+}'], 'GET', '/')).toBeUndefined();
    expect(route(kind, ['GET /files/{proxy+}'], 'GET', '/files')).toBeUndefined();
  });

  it('tells the case of a path apart', () => {
    expect(route(kind, ['GET /orders'], 'GET', '/Orders')).toBeUndefined();
  });

  it.each([
    ['/o/{id}', '/o/a%20b%2Fc', 'a%20b%2Fc', 'a b/c'],
    ['/o/{id}', '/o/100%', '100%', '100%'],
    ['/{id+}', '/a/%C3%BC', 'a/%C3%BC', 'a/ü'],
  ])('decodes parameters of HTTP APIs only: %s takes %s', (path, rawPath, encoded, decoded) => {
    const { parameters } = route(kind, [`GET ${path}`], 'GET', rawPath) ?? {};
    expect(parameters).toEqual({ id: kind === 'HTTP' ? decoded : encoded });
  });

  it('gives any text that was encoded into a parameter, as it is in HTTP APIs and still encoded in REST APIs', () => {
    const router = createRouter(api(kind, ['GET /a/{first}/b/{second}']));
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(text, text, (first, second) => {
        const encoded = { first: encodeURIComponent(first), second: encodeURIComponent(second) };
        const match = router('GET', `/a/${encoded.first}/b/${encoded.second}`);
        expect(match?.pathParameters).toEqual(kind === 'HTTP' ? { first, second } : encoded);
      }),
    );
  });
});

describe('the router of a REST API', () => {
  it('does not look further when the path exists under other methods only', () => {
    expect(route('REST', ['GET /orders', 'ANY /{proxy+}'], 'POST', '/orders')).toBeUndefined();
  });

  it('ignores slashes at the end', () => {
    expect(route('REST', ['GET /orders'], 'GET', '/orders/')?.route).toBe('GET /orders');
    expect(route('REST', ['GET /{proxy+}'], 'GET', '/a/b/')?.parameters).toEqual({ proxy: 'a/b' });
  });
});

describe('the router of an HTTP API', () => {
  it('goes on to a less specific route that takes the method', () => {
    expect(route('HTTP', ['GET /orders', 'ANY /{proxy+}'], 'POST', '/orders')?.route).toBe('ANY /{proxy+}');
  });

  it('takes a slash at the end for a part of the path', () => {
    expect(route('HTTP', ['GET /orders'], 'GET', '/orders/')).toBeUndefined();
    expect(route('HTTP', ['GET /orders', 'GET /orders/'], 'GET', '/orders/')?.route).toBe('GET /orders/');
  });

  it('sends what no route takes to $default', () => {
    const routes = ['ANY $default', 'GET /orders'];
    expect(route('HTTP', routes, 'GET', '/orders')?.route).toBe('GET /orders');
    expect(route('HTTP', routes, 'POST', '/orders')).toEqual({ route: 'ANY $default', parameters: {} });
  });
});
