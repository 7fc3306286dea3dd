import { z } from "zod";

/** Any UUID, converted to lower case so that an id has one spelling in keys and sets. */
export const idSchema = z.uuid().toLowerCase();
