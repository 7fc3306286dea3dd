import { z } from "zod";

/** How often, and for whom. */
const scopeFields = {
  /** After so many mails all is well again; without it until it is healed. */
  times: z.number().int().min(1).optional(),
};
const recipientScopeFields = {
  ...scopeFields,
  /** Only for mails to this address, so that tests beside each other do not meet. */
  to: z.string().toLowerCase().optional(),
};

/** A way for the mail server to fail, for tests. */
export const faultSchema = z.discriminatedUnion("kind", [
  /** Cuts every connection before the greeting. */
  z.object({ kind: z.literal("refuse"), ...scopeFields }),
  /** Answers the recipient, or the whole mail, with this code: 4xx is "not now", 5xx "never". */
  z.object({
    kind: z.literal("answer"),
    code: z.number().int().min(400).max(599),
    at: z.enum(["recipient", "mail"]).default("recipient"),
    ...recipientScopeFields,
  }),
  /** Takes the mail in, keeps nothing and says nothing more. */
  z.object({ kind: z.literal("hang"), ...recipientScopeFields }),
  /** Keeps the mail and cuts the connection before it says so: the sender cannot know. */
  z.object({ kind: z.literal("drop"), ...recipientScopeFields }),
]);

export type Fault = z.input<typeof faultSchema>;
type ParsedFault = z.output<typeof faultSchema>;
type FaultKind = ParsedFault["kind"];

/** The fault that is on. At most one. */
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

  /** The fault, when it is one of this kind that is meant for one of these recipients; it is used up by that. */
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
