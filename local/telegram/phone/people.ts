import { z } from "zod";
import type { TelegramContext } from "../context";
import type { Person } from "../state/model";

const personSchema = z.strictObject({
  /** By default the next free one from 1001 on. */
  id: z
    .int()
    .min(1)
    .max(2 ** 52)
    .optional(),
  firstName: z.string().trim().min(1).max(64),
  lastName: z.string().trim().max(64).optional(),
  username: z
    .string()
    .regex(/^[A-Za-z]\w{3,31}$/)
    .optional(),
  languageCode: z.string().min(2).max(12).default("en"),
  /** By default derived from the id. */
  phoneNumber: z
    .string()
    .regex(/^\+?\d{5,15}$/)
    .optional(),
});

const FIRST_ID = 1001;

/** Creates a user, or changes the one with this id. */
export function savePerson({ store, feed }: TelegramContext, input: z.input<typeof personSchema>): Person {
  const {
    id = nextId(store.state.tables.people),
    phoneNumber,
    lastName,
    username,
    ...given
  } = personSchema.parse(input);
  const person: Person = {
    id,
    ...given,
    ...(lastName ? { lastName } : {}),
    ...(username ? { username } : {}),
    phoneNumber: phoneNumber ?? `+7900${String(id % 10_000_000).padStart(7, "0")}`,
  };
  store.commit([{ table: "people", id: String(id), value: person }]);
  feed.publishBot(0);
  return person;
}

function nextId(people: ReadonlyMap<string, Person>): number {
  let id = FIRST_ID;
  while (people.has(String(id))) id++;
  return id;
}
