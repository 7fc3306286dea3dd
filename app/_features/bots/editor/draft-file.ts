import { exportDocumentSchema } from "@/lib/schemas/bot-console";
import type { Definition } from "@/lib/schemas/workflow";
import { parseDraft } from "./parse-draft";
import type { DraftContent } from "./use-draft-saving";

/** The draft in the format of the API's export, which needs no complete definition here. */
export function toDraftFile(key: string, { definition, command }: DraftContent): string {
  const document = { format: "normaldance-bot", version: 1, workflows: [{ key, command, definition }] };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/**
 * The workflow's definition in a file: of an export the workflow with the key, or its only one; or a bare definition.
 *
 * @returns null: there is none that can be drawn
 */
export function readDraftFile(text: string, key: string): Definition | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const { format } = exportDocumentSchema.shape;
  if (typeof json !== "object" || json === null || !("format" in json)) return parseDraft(json);
  if (!format.safeParse(json.format).success || !("workflows" in json) || !Array.isArray(json.workflows))
    return null;
  const workflows: unknown[] = json.workflows;
  const found =
    workflows.find(
      (item) => typeof item === "object" && item !== null && "key" in item && item.key === key,
    ) ?? (workflows.length === 1 ? workflows[0] : undefined);
  return typeof found === "object" && found !== null && "definition" in found
    ? parseDraft(found.definition)
    : null;
}
