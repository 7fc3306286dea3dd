import { z } from "zod";
import secretsConfig from "../secrets-config.json" with { type: "json" };

/** Schema of `secrets-config.json`: which secrets there are, where each is required, and how it is rotated. */

export const environmentSchema = z.enum(["development", "staging", "production"]);
export type Environment = z.infer<typeof environmentSchema>;

const secretSchema = z.strictObject({
  purpose: z.string().min(20),
  /** Where it must be set. In development the local stack generates missing ones. */
  requiredIn: z.array(environmentSchema),
  /** In characters: a shorter value was truncated or can be guessed. */
  minLength: z.number().int().positive().optional(),
  /** The prefix with which its issuer begins every value. */
  prefix: z.string().optional(),
  rotation: z.strictObject({
    everyDays: z.number().int().min(1).max(365),
    steps: z.array(z.string().min(10)).min(1),
  }),
});

export const secretsConfigSchema = z.strictObject({
  secrets: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), secretSchema),
});

export type Secret = z.infer<typeof secretSchema>;

/** The secrets by the name of their variable. @throws {z.ZodError} when the file is invalid */
export function loadSecrets(): ReadonlyMap<string, Secret> {
  return new Map(Object.entries(secretsConfigSchema.parse(secretsConfig).secrets));
}
