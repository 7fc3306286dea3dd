import type { z } from "zod";
import { type Definition, definitionSchema } from "@/lib/schemas/workflow";

/**
 * A definition that is being written: it has the shape of one, but texts may still be empty and names invalid, which
 * `checkDefinition` finds.
 *
 * @param json  untrusted
 * @returns null when it cannot be drawn
 */
export function parseDraft(json: unknown): Definition | null {
  const parsed = definitionSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  return parsed.error.issues.every(isAboutValue) ? withDefaults(json as Definition) : null;
}

/** Whether only a value is wrong, and not the shape. */
function isAboutValue(issue: z.core.$ZodIssue): boolean {
  switch (issue.code) {
    case "too_small":
    case "too_big":
    case "invalid_format":
    case "custom":
      return true;
    case "invalid_key":
      return issue.issues.every(isAboutValue);
    case "invalid_union":
      return issue.errors.some((issues) => issues.every(isAboutValue));
    default:
      return false;
  }
}

/** What the schema adds to a definition that it accepts. */
function withDefaults(definition: z.input<typeof definitionSchema>): Definition {
  const nodes = Object.entries(definition.nodes).map(([id, node]) => {
    switch (node.kind) {
      case "message":
        return [id, { ...node, buttons: node.buttons ?? [] }];
      case "question":
        return [id, { ...node, choices: node.choices ?? [] }];
      case "condition":
        return [id, { ...node, value: node.value ?? "" }];
      case "httpRequest":
        return [id, { ...node, save: node.save ?? {} }];
      default:
        return [id, node];
    }
  });
  return { ...definition, inputs: definition.inputs ?? [], nodes: Object.fromEntries(nodes) };
}
