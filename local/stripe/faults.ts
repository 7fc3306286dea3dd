import { z } from "zod";

/** What goes wrong on purpose. All of it is off after a start. */
export const faultsSchema = z.strictObject({
  api: z
    .strictObject({
      /**
       * `error` answers 500 and `rate-limit` 429 before anything is done, `hang` never answers and does nothing,
       * `lost` does the work and cuts the connection instead of answering.
       */
      kind: z.enum(["error", "rate-limit", "hang", "lost"]),
      /** How many calls it hits before it is over; without it every one. */
      times: z.int().min(1).optional(),
      /** Only calls of this method. */
      method: z.enum(["GET", "POST"]).optional(),
      /** Only calls whose path begins so, such as `/v1/refunds`. */
      path: z.string().startsWith("/v1").optional(),
    })
    .nullable()
    .default(null),
  events: z
    .strictObject({
      /** Events happen and can be listed, but are never sent. */
      drop: z.boolean().default(false),
      /** Each event is sent so many times at once. */
      copies: z.int().min(1).max(50).default(1),
      /** Events of one moment are sent last first, each after the one before was answered. */
      reorder: z.boolean().default(false),
      /** Each event is sent only so much later. */
      delayMs: z.int().min(0).default(0),
    })
    .prefault({}),
});

export type Faults = z.output<typeof faultsSchema>;
export type FaultsInput = z.input<typeof faultsSchema>;
export type ApiFault = NonNullable<Faults["api"]>["kind"];

export const NO_FAULTS: Faults = faultsSchema.parse({});

/** Holds what is switched on. Not kept over a restart: a server that starts is well. */
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

  /** What is to happen to this call, counted as having happened. */
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
