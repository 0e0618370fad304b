import { describe, expect, it } from 'vitest';
import type { Detector } from '../../../src/redaction/detectors/detector.ts';
import { createRedactor, redact } from '../../../src/redaction/redact.ts';

function shown(value: unknown) {
  return redact(value, { mode: 'values' });
}

describe('redact in values mode, by the names of keys', () => {
  it.each([
    [{ birthDate: '1984-02-29', date_of_birth: '29.02.1984', dob: 446860800 }, 'identity'],
    [{ latitude: 48.8588, lng: 2.2943, geo: '48.8588,2.2943', coordinates: [2.2943, 48.8588] }, 'location'],
    [{ fullName: 'Jane Miller', 'LAST-NAME': 'Miller', given_name: 'Jane' }, 'identity'],
    [{ streetAddress: '1 Main Street', zipCode: '75007', postal_code: 75007 }, 'location'],
    [{ diagnosis: 'asthma', bloodType: 'A+', allergies: ['nuts'] }, 'health'],
    [{ salary: 52000, accountHolder: 'Jane', cvv: 123 }, 'financial'],
    [{ pin: 1234, otp: '000111', secret: { deep: 'x' }, apiKey: { id: 'k' } }, 'credentials'],
    [{ email: null, phone: undefined, mobileNumber: 612345678n, fax: Symbol('x') }, 'contact'],
    [{ clientIp: '::1', 'X-Forwarded-For': '203.0.113.7, 10.0.0.1', deviceId: 'abc' }, 'network'],
  ])('hides %o as %s, whatever the type', (value, category) => {
    for (const [key, each] of Object.entries(shown(value) as object)) {
      const isNothing = ['<undefined>', '<symbol>', null].includes(each as string);
      expect([key, isNothing ? `[${category}]` : each]).toEqual([key, `[${category}]`]);
    }
  });

  it('shows a date, and coordinates under a key that says nothing about anybody', () => {
    const value = { placedAt: '2026-03-14', anchor: '48.858844,2.294351', version: '2.10.3' };

    expect(shown(value)).toEqual(value);
  });
});

describe('redact in values mode, by the form of values', () => {
  it.each([
    ['BIC COBADEFFXXX', 'BIC [bic]'],
    ['IBAN DE89 3704 0044 0532 0130 00, COBADEFFXXX', 'IBAN [iban], [bic]'],
    ['my ITIN is 912-70-1234', 'my ITIN is [national-id]'],
    ['SSN: 219-09-9999.', 'SSN: [national-id].'],
    ['NIR 2 55 08 14 168 025 38', 'NIR [national-id]'],
    ['PESEL 44051401359', 'PESEL [national-id]'],
    ['BSN 111222333', 'BSN [national-id]'],
    ['RSSMRA85T10A562S', '[national-id]'],
    ['from 2001:db8::8a2e:370:7334', 'from [ip]'],
    ['00:1A:2B:3C:4D:5E joined', '[mac] joined'],
    ['my page is https://millerandsons.de', 'my page is [website]'],
    ['tel. 52 650 55 38', 'tel. [phone]'],
    ['GET /users/219-09-9999/orders', 'GET /users/[national-id]/orders'],
    ['GET /users?email=x&ssn=219-09-9999&page=2', 'GET /users?email=[contact]&ssn=[identity]&page=2'],
    ['https://example.com/u/jane@example.com/cart?sort=asc', 'https://example.com/u/[email]/cart?sort=asc'],
  ])('shows %j as %j', (text, expected) => {
    expect(shown(text)).toBe(expected);
    expect(shown({ content: text })).toEqual({ content: expected });
  });

  it('takes detectors of the user before its own, and checks them where the policy is given', () => {
    const customer: Detector = {
      name: 'customer-number',
      category: 'identity',
      hint: (text) => text.includes('CU-'),
      pattern: /\bCU-\d{8}\b/g,
    };
    const policy = { mode: 'values', detectors: [customer] } as const;

    expect(redact({ note: 'for CU-12345678', plain: 'CU-1' }, policy)).toEqual({
      note: 'for [customer-number]',
      plain: 'CU-1',
    });
    expect(() => createRedactor({ detectors: [{ ...customer, pattern: /(?:a+)+@/g }] })).toThrow(RangeError);
    expect(() => createRedactor({ detectors: [{ ...customer, name: '' }] })).toThrow(TypeError);
  });

  it('replaces by category: a label, the end of a value, a pseudonym', () => {
    const policy = { mode: 'values', replace: { financial: 'partial', credentials: 'label' } } as const;

    expect(redact({ iban: 'DE89370400440532013000', pin: '1234', note: '4111111111111111' }, policy)).toEqual(
      {
        iban: '[financial …3000]',
        pin: '[credentials]',
        note: '[card …1111]',
      },
    );
  });
});

describe('redact with one policy after another', () => {
  it('sees that a policy says something else now, though it is the same object', () => {
    const policy = { mode: 'shape' as 'shape' | 'values', allow: ['id'] };
    const value = { id: 1, total: 2 };

    expect(redact(value, policy)).toEqual({ id: 1, total: '<number>' });
    policy.allow.push('total');
    expect(redact(value, policy)).toEqual({ id: 1, total: 2 });
    policy.allow.length = 0;
    expect(redact(value, policy)).toEqual({ id: '<number>', total: '<number>' });
    policy.mode = 'values';
    expect(redact(value, policy)).toEqual(value);
  });

  it('tells policies apart that differ in little, and many of them', () => {
    for (let round = 0; round < 2; round += 1) {
      for (let items = 1; items <= 12; items += 1) {
        const list = redact(
          Array.from({ length: 20 }, () => 1),
          { mode: 'values', budget: { items } },
        ) as unknown[];
        expect(list.length).toBe(items + 1);
      }
      expect(redact({ id: 1 }, { allow: [] })).toEqual({ id: '<number>' });
      expect(redact({ id: 1 }, { allow: ['id'] })).toEqual({ id: 1 });
    }
  });
});
