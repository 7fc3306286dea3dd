import { z } from "zod";

/** What most things here cost. Sums in different currencies cannot be compared, so each has a board of its own. */
export const MAIN_CURRENCY = "RUB";

export const currencyCodeSchema = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z]{3}$/);
