import { z } from "zod";
import written from "../secrets-config.json" with { type: "json" };

/** What `secrets-config.json` says: which secrets there are, where each is needed, and how it is rotated. */

export const environmentSchema = z.enum(["development", "staging", "production"]);
export type Environment = z.infer<typeof environmentSchema>;

const secretSchema = z.strictObject({
  purpose: z.string().min(20),
  /** Where it must be set. In development the local stack makes what is not set. */
  requiredIn: z.array(environmentSchema),
  /** Characters; a shorter one was cut on its way, or can be guessed. */
  minLength: z.number().int().positive().optional(),
  /** What its issuer begins it with. */
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

/** The secrets by the name of their variable. @throws {z.ZodError} when the file is not as it should be */
export function secrets(): ReadonlyMap<string, Secret> {
  return new Map(Object.entries(secretsConfigSchema.parse(written).secrets));
}
