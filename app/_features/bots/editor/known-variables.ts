import { BUILT_IN_VARIABLES, type Definition, LINK_VARIABLES } from "@/lib/schemas/workflow";

/** Names that a text of the definition may contain, in the order in which the editor offers them. */
export function knownVariables({ inputs, nodes }: Definition): string[] {
  const own = Object.values(nodes).flatMap((node) => {
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
  });
  return [...new Set([...inputs, ...own, ...BUILT_IN_VARIABLES])].filter((name) => name !== "");
}
