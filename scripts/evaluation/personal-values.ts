import type { Faker } from '@faker-js/faker';

/** A kind of personal or secret value, and how responses speak of it. */
export interface PersonalKind {
  readonly kind: string;
  /** Names of keys that say what the value is. */
  readonly keys: readonly string[];
  /** The value, or what is personal in it with what stands before and after that. */
  readonly value: (faker: Faker) => string | readonly [before: string, personal: string, after: string];
}

const ISSUERS = ['visa', 'mastercard', 'american_express', 'discover', 'jcb'];

/** What is planted. Names, streets and passwords are known by their key only; the others by their form too. */
export const PERSONAL_KINDS: readonly PersonalKind[] = [
  {
    kind: 'email',
    keys: ['email', 'emailAddress', 'contact_email'],
    value: (faker) => faker.internet.email(),
  },
  {
    kind: 'phone, international',
    keys: ['phone', 'phoneNumber', 'mobile'],
    value: (faker) => faker.phone.number({ style: 'international' }),
  },
  {
    kind: 'phone, national',
    keys: ['phone', 'telephone', 'contactNumber'],
    value: (faker) => faker.phone.number({ style: 'national' }),
  },
  {
    kind: 'iban',
    keys: ['iban', 'bankAccount', 'payout_iban'],
    value: (faker) => faker.finance.iban({ formatted: faker.datatype.boolean() }),
  },
  {
    kind: 'card',
    keys: ['cardNumber', 'card_number', 'pan'],
    value: (faker) => faker.finance.creditCardNumber({ issuer: faker.helpers.arrayElement(ISSUERS) }),
  },
  {
    kind: 'ssn',
    keys: ['ssn', 'socialSecurityNumber'],
    value: (faker) =>
      [
        faker.number.int({ min: 100, max: 665 }),
        faker.string.numeric({ length: 2, exclude: ['0'] }),
        faker.number.int({ min: 1000, max: 9999 }),
      ].join('-'),
  },
  { kind: 'ipv4', keys: ['ip', 'ipAddress', 'sourceIp'], value: (faker) => faker.internet.ipv4() },
  { kind: 'ipv6', keys: ['ip', 'clientIp'], value: (faker) => faker.internet.ipv6() },
  { kind: 'mac', keys: ['macAddress', 'mac_address'], value: (faker) => faker.internet.mac() },
  { kind: 'jwt', keys: ['token', 'accessToken', 'id_token'], value: (faker) => faker.internet.jwt() },
  {
    kind: 'url credentials',
    keys: ['connectionString', 'databaseUrl'],
    value: (faker) => [
      'postgres://',
      `app:${faker.string.alphanumeric(16)}`,
      `@${faker.internet.domainName()}:5432/orders`,
    ],
  },
  { kind: 'name', keys: ['fullName', 'customerName', 'lastName'], value: (faker) => faker.person.fullName() },
  {
    kind: 'street',
    keys: ['address', 'street', 'shippingAddress'],
    value: (faker) => faker.location.streetAddress(),
  },
  {
    kind: 'date of birth',
    keys: ['dateOfBirth', 'birth_date', 'dob'],
    value: (faker) => faker.date.birthdate().toISOString().slice(0, 10),
  },
  {
    kind: 'password',
    keys: ['password', 'newPassword', 'user_password'],
    value: (faker) => faker.internet.password(),
  },
];
