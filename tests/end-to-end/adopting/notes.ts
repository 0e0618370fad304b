import { expect } from 'vitest';
import type { AdoptedService } from './adopted-service.ts';
import { segmentsOf } from './adopted-service.ts';

/** As a page of another origin would. */
async function createNote(api: string, body: object): Promise<Response> {
  return fetch(`${api}/notes`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: 'https://notes.example' },
    body: JSON.stringify(body),
  });
}

export const notes: AdoptedService = {
  name: 'notes',
  kind: 'a REST API of callbacks in JavaScript',
  packages: { 'notes.zip': ['handlers/answer.js', 'handlers/create-note.js', 'handlers/read-note.js'] },
  alarmed: ['function', 'api', 'table', 'account'],
  async use(stack) {
    const { api } = stack;
    const created = await createNote(api, { text: 'water the plants' });
    expect(created.status).toBe(201);
    expect(created.headers.get('access-control-allow-origin')).toBe('*');
    const { id, greeting } = (await created.json()) as { id: string; greeting: string };
    expect(greeting).toBe('kept for you');
    expect(await (await fetch(`${api}/notes/${id}`)).json()).toEqual({ id, text: 'water the plants' });
    expect((await fetch(`${api}/notes/none`)).status).toBe(404);
    expect((await createNote(api, { text: 7 })).status).toBe(400);
    const preflight = await fetch(`${api}/notes`, { method: 'OPTIONS' });
    expect(preflight.headers.get('access-control-allow-methods')).toBe('OPTIONS,POST');

    expect(await segmentsOf(stack, 'notes-local-createNote')).toEqual([
      ['local-notes/local', 'AWS::ApiGateway::Stage'],
      ['notes-local-createNote', 'AWS::Lambda'],
      ['notes-local-createNote', 'AWS::Lambda::Function'],
    ]);
  },
};
