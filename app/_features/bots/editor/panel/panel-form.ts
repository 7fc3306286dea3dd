import type { Node, NodeKind, NodeOf } from "@/lib/schemas/workflow";

/** What the fields of one node's panel know and do. */
export interface PanelForm<K extends NodeKind = NodeKind> {
  id: string;
  node: NodeOf<K>;
  /** @param field  what is typed into: letters typed into the same one are undone together; null: a step of its own */
  change: (node: Node, field: string | null) => void;
  /** The text of the first problem at a path of the node. */
  errorAt: (path: string) => string | undefined;
  /** Keys of the bot's workflows. */
  workflows: readonly string[];
  /** Names that a text may contain. */
  variables: readonly string[];
}
