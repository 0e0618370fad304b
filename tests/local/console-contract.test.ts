import { describe, expect, it } from 'vitest';
import type { PageRoute } from '../../local/console-contract.ts';
import { isPageAddress, PAGES, parameterIn, pathOf, routeAt } from '../../local/console-contract.ts';
import { fc, runs } from '../helpers/fast-check.ts';

function parameterOf(path: string): string | undefined {
  return /:(\w+)$/.exec(path)?.[1];
}

describe('the list of pages', () => {
  it.each(Object.entries(PAGES))('leads to %s and back, whatever its address names', (page, { path }) => {
    const parameter = parameterOf(path);
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (value) => {
        const route = { page, ...(parameter !== undefined && { [parameter]: value }) } as PageRoute;
        expect(routeAt(pathOf(route))).toEqual(route);
        expect(isPageAddress(pathOf(route))).toBe(true);
      }),
      runs(50),
    );
  });

  it('shows one page at each address', () => {
    const addresses = Object.values(PAGES).map(({ path }) => path.replace(/:\w+$/, ':'));
    expect(new Set(addresses).size).toBe(addresses.length);
  });

  it('gives each page a link, or a page with one above it', () => {
    const linked = Object.entries(PAGES).flatMap(([name, page]) => ('link' in page ? name : []));
    for (const [name, page] of Object.entries(PAGES)) {
      expect(linked).toContain('above' in page ? page.above : name);
    }
  });

  it.each([
    ['/', true, { page: 'list' }],
    ['/traces/', true, { page: 'list' }],
    // The program says that nothing is there.
    ['/traces/a/b', true, undefined],
    ['/traces/%E0%A4%A', true, undefined],
    ['/metrics/x', true, undefined],
    ['/tracesx', false, undefined],
    ['/assets/index.js', false, undefined],
    ['/api/traces', false, undefined],
    ['//traces', false, undefined],
  ])('has at %s the program: %s, the page %j', (path, isAddress, route) => {
    expect(isPageAddress(path)).toBe(isAddress);
    expect(routeAt(path)).toEqual(route);
  });
});

describe('a path of the API', () => {
  it.each([
    ['/api/traces', '/api/traces', ''],
    ['/api/traces', '/api/traces/', ''],
    ['/api/traces', '/api/traces/1', undefined],
    ['/api/traces/:trace', '/api/traces/1%2F2', '1%2F2'],
    ['/api/traces/:trace', '/api/traces', undefined],
    ['/api/traces/:trace', '/api/traces/1/2', undefined],
  ])('%s holds in %s: %j', (pattern, path, parameter) => {
    expect(parameterIn(pattern, path)).toBe(parameter);
  });
});
