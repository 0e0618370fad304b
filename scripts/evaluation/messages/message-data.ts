import type { Faker } from '@faker-js/faker';

/** Makes what customers send, and remembers it: what is in a message of it is no word of the program. */
export class MessageData {
  readonly given: string[] = [];
  readonly #faker: Faker;

  constructor(faker: Faker) {
    this.#faker = faker;
  }

  /** Data of the caller's own. */
  of<Value extends string | number>(value: Value): Value {
    this.given.push(String(value));
    return value;
  }
  name(): string {
    return this.of(this.#faker.person.fullName());
  }
  first(): string {
    return this.of(this.#faker.person.firstName());
  }
  last(): string {
    return this.of(this.#faker.person.lastName());
  }
  email(): string {
    return this.of(this.#faker.internet.email());
  }
  user(): string {
    return this.of(this.#faker.internet.username());
  }
  street(): string {
    return this.of(this.#faker.location.streetAddress());
  }
  city(): string {
    return this.of(this.#faker.location.city());
  }
  phone(): string {
    return this.of(this.#faker.phone.number());
  }
  uuid(): string {
    return this.of(this.#faker.string.uuid());
  }
  /** An identifier as services make them. */
  id(): string {
    const { helpers, string } = this.#faker;
    return this.of(`${helpers.arrayElement(['ord', 'cus', 'in', 'sub', 'p'])}_${string.alphanumeric(14)}`);
  }
  /** A code of a few letters and digits. */
  code(): string {
    return this.of(this.#faker.string.alphanumeric({ length: 8, casing: 'upper' }));
  }
  password(): string {
    return this.of(this.#faker.internet.password({ length: 12 }));
  }
  amount(): string {
    return this.of(this.#faker.finance.amount());
  }
  number(): number {
    return this.of(this.#faker.number.int({ min: 1000, max: 9_999_999 }));
  }
  date(): string {
    return this.of(this.#faker.date.past().toISOString().slice(0, 10));
  }
  /** Some words of a customer's, as they stand in a note. */
  note(): string {
    const { person, location, number } = this.#faker;
    return this.of(
      `leave it with ${person.firstName()} at ${location.street()} ${number.int({ min: 10, max: 99 })}`,
    );
  }
  card(): string {
    return this.of(this.#faker.finance.creditCardNumber('visa'));
  }
  ip(): string {
    return this.of(this.#faker.internet.ipv4());
  }
}

/** A message of a program with data in it, or what throws it. */
export type MessageSource = (data: MessageData) => unknown;
