import { v7 } from "uuid";
import { z } from "zod";

/** A UUID v7: unique, and ordered by the time it was made. */
export function newId(): string {
  return v7();
}

/** Any UUID, in lower case, so that one id has one spelling in keys and sets. */
export const idSchema = z.uuid().toLowerCase();
