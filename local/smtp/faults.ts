import { z } from "zod";

/** Limits of a fault. */
const scopeFields = {
  /** Number of mails to affect; default: all, until the fault is cleared. */
  times: z.number().int().min(1).optional(),
};
const recipientScopeFields = {
  ...scopeFields,
  /** Affects only mails to this address, so that parallel tests do not disturb each other. */
  to: z.string().toLowerCase().optional(),
};

/** A way for the mail server to fail, for tests. */
export const faultSchema = z.discriminatedUnion("kind", [
  /** Closes every connection before the greeting. */
  z.object({ kind: z.literal("refuse"), ...scopeFields }),
  /** Answers `RCPT TO`, or the whole mail, with this code: 4xx is temporary, 5xx permanent. */
  z.object({
    kind: z.literal("answer"),
    code: z.number().int().min(400).max(599),
    at: z.enum(["recipient", "mail"]).default("recipient"),
    ...recipientScopeFields,
  }),
  /** Receives the mail, stores nothing and never replies. */
  z.object({ kind: z.literal("hang"), ...recipientScopeFields }),
  /** Stores the mail and closes the connection before the 250: the outcome is unknown to the sender. */
  z.object({ kind: z.literal("drop"), ...recipientScopeFields }),
]);

export type Fault = z.input<typeof faultSchema>;
type ParsedFault = z.output<typeof faultSchema>;
type FaultKind = ParsedFault["kind"];

/** The active fault; at most one. */
export class Faults {
  #fault: ParsedFault | null = null;
  #remaining = Number.POSITIVE_INFINITY;

  /** @throws ZodError */
  set(fault: Fault): void {
    this.#fault = faultSchema.parse(fault);
    this.#remaining = this.#fault.times ?? Number.POSITIVE_INFINITY;
  }

  clear(): void {
    this.#fault = null;
  }

  get current(): ParsedFault | null {
    return this.#fault;
  }

  /** Returns the fault if it has this kind and applies to one of these recipients; decrements `times`. */
  consume<K extends FaultKind>(
    kind: K,
    recipients: readonly string[],
    applies: (fault: Extract<ParsedFault, { kind: K }>) => boolean = () => true,
  ): Extract<ParsedFault, { kind: K }> | null {
    const fault = this.#fault;
    if (!isKind(fault, kind) || !applies(fault)) return null;
    const to = "to" in fault ? fault.to : undefined;
    if (to !== undefined && !recipients.some((recipient) => recipient.toLowerCase() === to)) return null;
    this.#remaining -= 1;
    if (this.#remaining <= 0) this.#fault = null;
    return fault;
  }
}

function isKind<K extends FaultKind>(
  fault: ParsedFault | null,
  kind: K,
): fault is Extract<ParsedFault, { kind: K }> {
  return fault?.kind === kind;
}
