import { expect } from 'vitest';
import { Tokens } from '../../helpers/tokens.ts';
import type { AdoptedService } from './adopted-service.ts';
import { segmentsOf } from './adopted-service.ts';

const ISSUER = ['--issuer', 'https://login.club.example/'];
const AUDIENCE = ['--audience', 'https://api.club.example'];
/** What `lambda-lantern token` takes for a token of a member. */
export const MEMBER = [...ISSUER, ...AUDIENCE, '--claim', 'sub=member-7'];

export const bookings: AdoptedService = {
  name: 'bookings',
  kind: 'an HTTP API behind JSON Web Tokens in TypeScript',
  packages: {
    'courts.zip': ['src/courts.js', 'src/courts.js.map'],
    'list.zip': ['src/list.js', 'src/list.js.map'],
    'book.zip': ['src/book.js', 'src/book.js.map'],
  },
  alarmed: ['function', 'api', 'table', 'account'],
  named: [/does not check signatures of tokens for GET \/bookings, POST .*authorizers\.members\.keys/],
  async use(stack) {
    const { api } = stack;
    const ask = (path: string, token?: string, init: RequestInit = {}): Promise<Response> =>
      fetch(`${api}${path}`, {
        ...init,
        headers: {
          origin: 'https://club.example',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
      });
    const tokens = await Tokens.make();
    try {
      const open = await ask('/courts');
      expect(await open.json()).toEqual({ courts: ['north', 'south'] });
      expect(open.headers.get('access-control-allow-origin')).toBe('https://club.example');

      const member = await tokens.of([...MEMBER, '--scope', 'bookings/read bookings/write']);
      const hour = { method: 'POST', body: JSON.stringify({ hour: '2030-05-04T18' }) };
      const booked = await ask('/courts/north%20hall/bookings', member, hour);
      expect(booked.status).toBe(201);
      const booking = { memberId: 'member-7', slot: 'north hall#2030-05-04T18' };
      expect(await booked.json()).toEqual({ ...booking, scope: 'bookings/read bookings/write' });
      expect(await (await ask('/bookings', member)).json()).toEqual([booking]);

      const refused: readonly [status: number, options: readonly string[]][] = [
        [403, [...MEMBER, '--scope', 'bookings/write']],
        [401, [...MEMBER, '--scope', 'bookings/read', '--expires=-1h']],
        [401, [...AUDIENCE, '--issuer', 'https://login.other.example/', '--scope', 'bookings/read']],
        [401, [...ISSUER, '--audience', 'https://other.example', '--scope', 'bookings/read']],
      ];
      expect((await ask('/bookings')).status).toBe(401);
      for (const [status, options] of refused) {
        const answer = await ask('/bookings', await tokens.of(options));
        expect([answer.status, options]).toEqual([status, options]);
        expect(answer.headers.get('access-control-allow-origin')).toBe('https://club.example');
      }
    } finally {
      await tokens.remove();
    }

    expect(await segmentsOf(stack, 'bookings-local-book')).toEqual([
      ['bookings-local-book', 'AWS::Lambda'],
      ['bookings-local-book', 'AWS::Lambda::Function'],
    ]);
  },
};
