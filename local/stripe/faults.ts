import { z } from "zod";

/** Injected faults. All are off after a start. */
export const faultsSchema = z.strictObject({
  api: z
    .strictObject({
      /**
       * `error` answers 500 and `rate-limit` 429, both without effect; `hang` never answers, without effect; `lost`
       * does the work and closes the connection without a response; `empty-balance` refuses, and the refusal is stored
       * under the idempotency key.
       */
      kind: z.enum(["error", "rate-limit", "hang", "lost", "empty-balance"]),
      /** Number of calls to affect; default: all. */
      times: z.int().min(1).optional(),
      /** Affects only calls of this method. */
      method: z.enum(["GET", "POST"]).optional(),
      /** Affects only calls whose path starts with this, such as `/v1/refunds`. */
      path: z.string().startsWith("/v1").optional(),
    })
    .nullable()
    .default(null),
  events: z
    .strictObject({
      /** Events are created and can be listed, but are never sent. */
      drop: z.boolean().default(false),
      /** Each event is sent this many times concurrently. */
      copies: z.int().min(1).max(50).default(1),
      /** Events of one commit are sent last first, each after the attempt before it has ended. */
      reorder: z.boolean().default(false),
      /** Each event is sent this much later. */
      delayMs: z.int().min(0).default(0),
    })
    .prefault({}),
});

export type Faults = z.output<typeof faultsSchema>;
export type FaultsInput = z.input<typeof faultsSchema>;
export type ApiFault = NonNullable<Faults["api"]>["kind"];

export const NO_FAULTS: Faults = faultsSchema.parse({});

/** The active faults, in memory: a restart clears them. */
export class FaultSwitch {
  private faults = NO_FAULTS;

  get current(): Faults {
    return this.faults;
  }

  /** @throws {z.ZodError} */
  set(input: FaultsInput): Faults {
    this.faults = faultsSchema.parse(input);
    return this.faults;
  }

  /** The fault for this call, if any; decrements `times`. */
  consumeForCall(method: string, path: string): ApiFault | null {
    const { api } = this.faults;
    if (!api) return null;
    if (api.method !== undefined && api.method !== method) return null;
    if (api.path !== undefined && !path.startsWith(api.path)) return null;
    if (api.times !== undefined) {
      const left = api.times - 1;
      this.faults = { ...this.faults, api: left === 0 ? null : { ...api, times: left } };
    }
    return api.kind;
  }
}
