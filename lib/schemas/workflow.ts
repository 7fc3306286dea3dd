import { z } from "zod";
import { isStorable } from "../core/text";
import { MAX_MESSAGE_LENGTH } from "./telegram-text";

/**
 * A bot's workflow as its editor saves it and its executions run it: a graph of nodes. Safe to import in the browser.
 * What a schema cannot express is found by `checkDefinition` (lib/schemas/workflow-check.ts).
 */

/** A larger definition is refused before it is parsed. */
export const MAX_DEFINITION_BYTES = 1_000_000;
export const MAX_NODES = 200;
/** A keyboard that a phone shows without scrolling for long. */
const MAX_BUTTONS = 20;
/** Longer than any message that Telegram takes, so that the check can name the node. */
const MAX_TEXT_LENGTH = 4 * MAX_MESSAGE_LENGTH;
const MAX_DELAY_SECONDS = 365 * 86_400;

export const nodeIdSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,39}$/, "a letter, then letters, digits, _ and -");
/** A variable's name. */
export const variableSchema = z.string().regex(/^[a-z][A-Za-z0-9_]{0,39}$/, "a name such as orderCount");
/** A workflow's name within its bot. */
export const workflowKeySchema = z.string().regex(/^[a-z][a-z0-9_-]{0,31}$/, "a name such as spend");
/** Telegram's form of a command, without the slash. */
export const commandSchema = z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, "a command such as spend");

const storable = (text: string) => isStorable(text);
const text = z.string().min(1).max(MAX_TEXT_LENGTH).refine(storable);
/** A text in both languages of the bot's people, in Telegram's HTML, with `{{variables}}`. */
const textsSchema = z.object({ ru: text, en: text });
export type Texts = z.infer<typeof textsSchema>;

const labelText = z.string().min(1).max(64).refine(storable);
const labelsSchema = z.object({ ru: labelText, en: labelText });

/** What pressing a button does: it resumes this execution, begins a workflow, or opens an address. */
const buttonSchema = z.union([
  z.strictObject({ label: labelsSchema, next: nodeIdSchema }),
  z.strictObject({ label: labelsSchema, workflow: workflowKeySchema }),
  z.strictObject({ label: labelsSchema, url: z.string().min(1).max(500).refine(storable) }),
]);
export type Button = z.infer<typeof buttonSchema>;

const next = nodeIdSchema;
const scalar = z.union([z.string().max(1_000).refine(storable), z.number(), z.boolean()]);
/** Where the editor draws the node. */
const position = z.object({ x: z.number(), y: z.number() }).optional();

const nodeSchemas = [
  /** Sends a text or a picture. With a button that has a `next`, the execution waits for it. */
  z.strictObject({
    kind: z.literal("message"),
    text: textsSchema,
    picture: z
      .url({ protocol: /^https$/ })
      .max(500)
      .optional(),
    buttons: z.array(buttonSchema).max(MAX_BUTTONS).default([]),
    next: next.optional(),
    position,
  }),
  /** Asks, and puts the answer into a variable. An answer that does not fit is answered with `retry`. */
  z.strictObject({
    kind: z.literal("question"),
    text: textsSchema,
    answer: z.enum(["text", "number", "choice", "contact"]),
    variable: variableSchema,
    retry: textsSchema,
    /** Of a number; whole hundredths are kept. */
    min: z.number().optional(),
    max: z.number().optional(),
    choices: z
      .array(z.strictObject({ label: labelsSchema, value: z.string().min(1).max(200).refine(storable) }))
      .max(MAX_BUTTONS)
      .default([]),
    next,
    position,
  }),
  z.strictObject({
    kind: z.literal("condition"),
    variable: variableSchema,
    operator: z.enum(["is", "isNot", "above", "below", "contains", "isSet"]),
    value: scalar.default(""),
    next,
    otherwise: nodeIdSchema,
    position,
  }),
  /** `value` may have `{{variables}}`; `add` adds to a number instead. */
  z.strictObject({
    kind: z.literal("setVariable"),
    variable: variableSchema,
    value: scalar.optional(),
    add: z.number().optional(),
    next,
    position,
  }),
  z.strictObject({
    kind: z.literal("delay"),
    seconds: z.int().min(1).max(MAX_DELAY_SECONDS),
    next,
    position,
  }),
  /** Until a time (ISO 8601), or the next time that it is so late in UTC (`18:30`). */
  z.strictObject({
    kind: z.literal("waitUntil"),
    at: z.union([z.iso.datetime(), z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "a time such as 18:30")]),
    next,
    position,
  }),
  /** Calls an address on the deployment's allow-list. `save` takes values out of a JSON answer by their path. */
  z.strictObject({
    kind: z.literal("httpRequest"),
    method: z.enum(["GET", "POST"]),
    url: z.string().min(1).max(1_000).refine(storable),
    body: z.record(variableSchema, scalar).optional(),
    save: z.record(variableSchema, z.string().min(1).max(200)).default({}),
    next,
    failed: nodeIdSchema,
    position,
  }),
  /** Spends the linked account's bonuses; `amount` is a variable with whole bonuses or hundredths (`2.5`). */
  z.strictObject({
    kind: z.literal("spendBonuses"),
    amount: variableSchema,
    note: labelsSchema,
    next,
    insufficient: nodeIdSchema,
    unlinked: nodeIdSchema,
    position,
  }),
  /** Credits bonuses to the linked account. Bots of administrators only. */
  z.strictObject({
    kind: z.literal("creditBonuses"),
    /** Hundredths of a bonus. */
    amountMinor: z.int().min(1).max(1_000_000),
    note: labelsSchema,
    /** Credits an account once under this name, whichever node of the workflow has it and however often it runs. */
    once: workflowKeySchema.optional(),
    next,
    /** The way on when the account has them already; without it, `next`. */
    already: nodeIdSchema.optional(),
    unlinked: nodeIdSchema,
    position,
  }),
  /** Makes a one-time code that links the person with an account, as `linkUrl` and `linkCode`. Bots of administrators only. */
  z.strictObject({ kind: z.literal("linkAccount"), next, position }),
  /** Turns the linked account's notifications in this chat on or off. Bots of administrators only. */
  z.strictObject({ kind: z.literal("setNotifications"), on: z.boolean(), next, position }),
  /** Runs another workflow of the bot and goes on after its end. */
  z.strictObject({ kind: z.literal("callWorkflow"), workflow: workflowKeySchema, next, position }),
  z.strictObject({ kind: z.literal("jump"), next, position }),
  /** Asks again what the person's newest waiting execution asks. */
  z.strictObject({ kind: z.literal("repeatQuestion"), next, position }),
  z.strictObject({ kind: z.literal("end"), position }),
] as const;

export const nodeSchema = z.discriminatedUnion("kind", nodeSchemas);
export type Node = z.output<typeof nodeSchema>;
export type NodeKind = Node["kind"];
export type NodeOf<K extends NodeKind> = Extract<Node, { kind: K }>;

export const definitionSchema = z.strictObject({
  /** Of this format. */
  schema: z.literal(1),
  start: nodeIdSchema,
  /** Variables that the starter of an execution may give. */
  inputs: z.array(variableSchema).max(20).default([]),
  nodes: z.record(nodeIdSchema, nodeSchema),
});
export type Definition = z.output<typeof definitionSchema>;
export type DefinitionInput = z.input<typeof definitionSchema>;

/** Variables that every execution has, of the person and the linked account. */
export const BUILT_IN_VARIABLES = [
  ...["name", "language", "linked", "balance", "level", "referrals", "referralLink"],
  ...["purchases", "purchaseCount", "notified", "siteUrl"],
] as const;

/** Set by `linkAccount` for the rest of the run. */
export const LINK_VARIABLES = ["linkUrl", "linkCode"] as const;

/** A node's successors, with the field that names each. */
export function successors(node: Node): { field: string; target: string }[] {
  switch (node.kind) {
    case "message":
      return [
        ...node.buttons.flatMap((button, index) =>
          "next" in button ? [{ field: `buttons.${index}.next`, target: button.next }] : [],
        ),
        ...(node.next === undefined ? [] : [{ field: "next", target: node.next }]),
      ];
    case "condition":
      return [
        { field: "next", target: node.next },
        { field: "otherwise", target: node.otherwise },
      ];
    case "httpRequest":
      return [
        { field: "next", target: node.next },
        { field: "failed", target: node.failed },
      ];
    case "spendBonuses":
      return [
        { field: "next", target: node.next },
        { field: "insufficient", target: node.insufficient },
        { field: "unlinked", target: node.unlinked },
      ];
    case "creditBonuses":
      return [
        { field: "next", target: node.next },
        ...(node.already === undefined ? [] : [{ field: "already", target: node.already }]),
        { field: "unlinked", target: node.unlinked },
      ];
    case "end":
      return [];
    default:
      return [{ field: "next", target: node.next }];
  }
}

/** Whether an execution stops at the node until a person or a time resumes it. */
export function isWait(node: Node): boolean {
  switch (node.kind) {
    case "question":
    case "delay":
    case "waitUntil":
      return true;
    case "message":
      return node.buttons.some((button) => "next" in button);
    default:
      return false;
  }
}

/** Linear: spaces around the name are trimmed afterwards, because `\s*` beside a class that has spaces backtracks. */
const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;

/** The names within `{{…}}`, whether they are valid or not. */
export function placeholders(template: string): string[] {
  return [...template.matchAll(PLACEHOLDER)].map(([, name = ""]) => name.trim());
}

/** Replaces each `{{name}}` once; what is inserted is not looked at again. */
export function replacePlaceholders(template: string, value: (name: string) => string): string {
  return template.replace(PLACEHOLDER, (_, name: string) => value(name.trim()));
}
