import { z } from "zod";
import { isTelegramHtml, MAX_CAPTION_LENGTH, MAX_MESSAGE_LENGTH, visibleLength } from "./telegram-text";
import {
  BUILT_IN_VARIABLES,
  type Definition,
  definitionSchema,
  isWait,
  LINK_VARIABLES,
  MAX_DEFINITION_BYTES,
  MAX_NODES,
  type Node,
  placeholders,
  replacePlaceholders,
  successors,
  variableSchema,
} from "./workflow";

export const problemCodes = [
  "too_large",
  "invalid",
  "too_many_nodes",
  "unknown_start",
  "unknown_target",
  "unknown_workflow",
  "unreachable",
  "loop_without_wait",
  "dead_end",
  "unknown_variable",
  "reserved_variable",
  "text_too_long",
  "invalid_html",
  "invalid_url",
  "no_choices",
  "no_value",
  "administrators_only",
] as const;

/** Something that keeps a definition from being published. */
export const problemSchema = z.object({
  code: z.enum(problemCodes),
  /** Null: the definition as a whole. */
  nodeId: z.string().nullable(),
  /** Dotted, within the node or the definition. */
  path: z.string(),
  /** A detail, such as the name that is unknown. */
  detail: z.string(),
});
export type Problem = z.infer<typeof problemSchema>;

export interface CheckContext {
  /** Keys of the bot's workflows, the checked one included. */
  workflows: ReadonlySet<string>;
  /** Whether the bot belongs to administrators. */
  isAdministrators: boolean;
}

const RESERVED: ReadonlySet<string> = new Set(BUILT_IN_VARIABLES);

/** More would not be read. */
const MAX_PROBLEMS = 100;

/**
 * Checks a definition before it is published. Pure; linear in the size of the definition, whatever it contains.
 *
 * @param input  untrusted JSON, already parsed, or its text
 * @returns the parsed definition, or what is wrong with it
 */
export function checkDefinition(
  input: unknown,
  context: CheckContext,
): { definition: Definition; problems: [] } | { definition: null; problems: Problem[] } {
  const text = toJsonText(input);
  if (text === undefined) return failed([problem("invalid", null, "", "not JSON")]);
  if (new TextEncoder().encode(text).length > MAX_DEFINITION_BYTES)
    return failed([problem("too_large", null, "", `more than ${MAX_DEFINITION_BYTES} bytes`)]);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return failed([problem("invalid", null, "", "not JSON")]);
  }
  const nodeCount = countNodes(json);
  if (nodeCount > MAX_NODES) return failed([problem("too_many_nodes", null, "nodes", String(nodeCount))]);
  const parsed = definitionSchema.safeParse(json);
  if (!parsed.success) return failed(parsed.error.issues.map(toProblem));
  const definition = parsed.data;
  const problems = [
    ...checkGraph(definition),
    ...Object.entries(definition.nodes).flatMap(([id, node]) => [
      ...checkTexts(definition, id, node),
      ...checkNode(id, node, context),
    ]),
  ];
  return problems.length > 0 ? failed(problems) : { definition, problems: [] };
}

function toJsonText(input: unknown): string | undefined {
  if (typeof input === "string") return input;
  try {
    return JSON.stringify(input);
  } catch {
    // Nested so deeply that the stack overflows: parsing is not recursive, so a request can have it.
    return undefined;
  }
}

const failed = (problems: Problem[]) => ({ definition: null, problems: problems.slice(0, MAX_PROBLEMS) });

function problem(code: Problem["code"], nodeId: string | null, path: string, detail: string): Problem {
  return { code, nodeId, path, detail: detail.slice(0, 200) };
}

function countNodes(json: unknown): number {
  const nodes = typeof json === "object" && json !== null && "nodes" in json ? json.nodes : undefined;
  return typeof nodes === "object" && nodes !== null ? Object.keys(nodes).length : 0;
}

function toProblem({ path, message }: z.core.$ZodIssue): Problem {
  const names = path.map(String);
  const isNode = names[0] === "nodes" && names.length > 1;
  return problem(
    "invalid",
    isNode ? (names[1] ?? null) : null,
    (isNode ? names.slice(2) : names).join("."),
    message,
  );
}

function checkGraph({ start, nodes }: Definition): Problem[] {
  const known = new Map(Object.entries(nodes));
  const problems: Problem[] = [];
  if (!known.has(start)) problems.push(problem("unknown_start", null, "start", start));
  for (const [id, node] of known) {
    for (const { field, target } of successors(node))
      if (!known.has(target)) problems.push(problem("unknown_target", id, field, target));
  }
  const reachable = reach(known, start, () => true);
  for (const id of known.keys()) if (!reachable.has(id)) problems.push(problem("unreachable", id, "", ""));
  for (const id of findLoops(known)) problems.push(problem("loop_without_wait", id, "", ""));
  return problems;
}

/** The nodes that can be reached from one, through nodes that satisfy the condition. */
function reach(nodes: ReadonlyMap<string, Node>, from: string, passes: (node: Node) => boolean): Set<string> {
  const seen = new Set<string>();
  const pending = [from];
  for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
    const node = nodes.get(id);
    if (!node || seen.has(id)) continue;
    seen.add(id);
    if (passes(node)) pending.push(...successors(node).map(({ target }) => target));
  }
  return seen;
}

/** Nodes on a cycle in which no node waits: what is left when all nodes without a way on are taken away. */
function findLoops(nodes: ReadonlyMap<string, Node>): string[] {
  const edges = new Map<string, Set<string>>();
  const predecessors = new Map<string, string[]>();
  for (const [id, node] of nodes) {
    const targets = new Set(isWait(node) ? [] : successors(node).map(({ target }) => target));
    for (const target of targets) {
      if (!nodes.has(target)) targets.delete(target);
      else predecessors.set(target, [...(predecessors.get(target) ?? []), id]);
    }
    edges.set(id, targets);
  }
  const ended = [...edges].filter(([, targets]) => targets.size === 0).map(([id]) => id);
  for (let id = ended.pop(); id !== undefined; id = ended.pop()) {
    edges.delete(id);
    for (const predecessor of predecessors.get(id) ?? []) {
      const targets = edges.get(predecessor);
      targets?.delete(id);
      if (targets?.size === 0) ended.push(predecessor);
    }
  }
  return [...edges.keys()];
}

/** The node's texts: whether Telegram parses them as HTML, and how long they may be. */
function textsOf(node: Node): { path: string; text: string; html: boolean; max: number }[] {
  switch (node.kind) {
    case "message":
    case "question": {
      const max =
        node.kind === "message" && node.picture !== undefined ? MAX_CAPTION_LENGTH : MAX_MESSAGE_LENGTH;
      const texts = Object.entries(node.text).map(([language, text]) => ({
        ...{ path: `text.${language}`, text, html: true, max },
      }));
      if (node.kind === "message") {
        const urls = node.buttons.flatMap((button, index) =>
          "url" in button ? [{ path: `buttons.${index}.url`, text: button.url, html: false, max: 500 }] : [],
        );
        return [...texts, ...urls];
      }
      const retries = Object.entries(node.retry).map(([language, text]) => ({
        ...{ path: `retry.${language}`, text, html: true, max },
      }));
      return [...texts, ...retries];
    }
    case "setVariable":
      return typeof node.value === "string"
        ? [{ path: "value", text: node.value, html: false, max: 1_000 }]
        : [];
    case "httpRequest":
      return [
        { path: "url", text: node.url, html: false, max: 1_000 },
        ...Object.entries(node.body ?? {}).flatMap(([name, value]) =>
          typeof value === "string" ? [{ path: `body.${name}`, text: value, html: false, max: 1_000 }] : [],
        ),
      ];
    default:
      return [];
  }
}

function checkTexts(definition: Definition, id: string, node: Node): Problem[] {
  const known = knownVariables(definition);
  const read = node.kind === "condition" ? node.variable : node.kind === "spendBonuses" ? node.amount : null;
  const missing = read === null || known.has(read) ? [] : [problem("unknown_variable", id, "variable", read)];
  const inTexts = textsOf(node).flatMap(({ path, text, html, max }) => {
    const names = placeholders(text);
    const unknown = names.filter((name) => !variableSchema.safeParse(name).success || !known.has(name));
    const problems = unknown.map((name) => problem("unknown_variable", id, path, name));
    const shown = replacePlaceholders(text, () => "x");
    if (html && !isTelegramHtml(shown)) problems.push(problem("invalid_html", id, path, ""));
    const length = html ? visibleLength(shown) : shown.length;
    if (length > max) problems.push(problem("text_too_long", id, path, `${length} of ${max}`));
    return problems;
  });
  return [...missing, ...inTexts];
}

const variablesByDefinition = new WeakMap<Definition, ReadonlySet<string>>();

/** Variables that some node of the definition sets, or that every execution has. */
function knownVariables(definition: Definition): ReadonlySet<string> {
  let known = variablesByDefinition.get(definition);
  if (!known) {
    known = new Set([
      ...BUILT_IN_VARIABLES,
      ...definition.inputs,
      ...Object.values(definition.nodes).flatMap(setBy),
    ]);
    variablesByDefinition.set(definition, known);
  }
  return known;
}

function setBy(node: Node): string[] {
  switch (node.kind) {
    case "question":
    case "setVariable":
      return [node.variable];
    case "httpRequest":
      return Object.keys(node.save);
    case "linkAccount":
      return [...LINK_VARIABLES];
    default:
      return [];
  }
}

function checkNode(id: string, node: Node, { workflows, isAdministrators }: CheckContext): Problem[] {
  const problems = setBy(node)
    .filter((name) => RESERVED.has(name))
    .map((name) => problem("reserved_variable", id, "variable", name));
  const requireWorkflow = (key: string, path: string) => {
    if (!workflows.has(key)) problems.push(problem("unknown_workflow", id, path, key));
  };
  switch (node.kind) {
    case "message":
      node.buttons.forEach((button, index) => {
        if ("workflow" in button) requireWorkflow(button.workflow, `buttons.${index}.workflow`);
        if ("url" in button && !isButtonUrl(button.url))
          problems.push(problem("invalid_url", id, `buttons.${index}.url`, button.url));
      });
      if (!isWait(node) && node.next === undefined) problems.push(problem("dead_end", id, "next", ""));
      break;
    case "question":
      if (node.answer === "choice" && node.choices.length === 0)
        problems.push(problem("no_choices", id, "choices", ""));
      break;
    case "setVariable":
      if ((node.value === undefined) === (node.add === undefined))
        problems.push(problem("no_value", id, "value", ""));
      break;
    case "callWorkflow":
      requireWorkflow(node.workflow, "workflow");
      break;
    case "httpRequest":
      // The host is fixed, so that no variable can choose it.
      if (!/^https?:\/\/[^/?#{}@\s]+(?:[/?#]|$)/.test(node.url))
        problems.push(problem("invalid_url", id, "url", node.url));
      break;
    case "creditBonuses":
    case "linkAccount":
    case "setNotifications":
      if (!isAdministrators) problems.push(problem("administrators_only", id, "kind", node.kind));
      break;
  }
  return problems;
}

/** An address that a button may open, or a variable that has one. */
function isButtonUrl(url: string): boolean {
  return /^(?:https:\/\/|http:\/\/localhost|tg:\/\/)\S+$|^\{\{\w+\}\}\S*$/.test(url);
}
