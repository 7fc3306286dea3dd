import { v7 } from "uuid";
import { z } from "zod";

/** A UUID v7: unique and ordered by creation time. */
export function newId(): string {
  return v7();
}

/** Any UUID, converted to lower case so that an id has one spelling in keys and sets. */
export const idSchema = z.uuid().toLowerCase();
