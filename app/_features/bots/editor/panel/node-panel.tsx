import { Flag, Trash2 } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/app/_ui/button";
import { Field } from "@/app/_ui/forms/field";
import { type Definition, type Node, nodeIdSchema } from "@/lib/schemas/workflow";
import type { Problem } from "@/lib/schemas/workflow-check";
import type { Edit } from "../edit";
import { NodeIcon } from "../node-icon";
import { useNodeTexts } from "../use-node-texts";
import { KindFields } from "./kind-fields";
import { WayFields } from "./way-fields";

export interface NodePanelProps {
  id: string;
  node: Node;
  definition: Definition;
  /** Of this node. */
  problems: readonly Problem[];
  workflows: readonly string[];
  variables: readonly string[];
  /** @param mergeKey  edits with the same one are undone together */
  onEdit: (edit: Edit, mergeKey?: string | null) => void;
  onRenamed: (id: string) => void;
  onAddFrom: (from: { id: string; field: string }) => void;
  /** The dialog has the title. */
  isInDialog?: boolean;
}

/** Everything that can be changed of one node. */
export function NodePanel({ isInDialog = false, ...props }: NodePanelProps) {
  const t = useTranslations("botEditor");
  const { problemText, kindName } = useNodeTexts();
  const { id, node, definition, problems, workflows, variables, onEdit, onRenamed, onAddFrom } = props;
  const errorAt = (path: string) => {
    const found = problems.find((problem) => problem.path === path);
    return found && problemText(found, node);
  };
  const ofNode = problems.filter(({ path }) => path === "");
  return (
    <div className="flex flex-col gap-5">
      {isInDialog ? null : (
        <div className="flex items-center gap-3">
          <NodeIcon kind={node.kind} />
          <h2 className="min-w-0 flex-1 font-semibold [overflow-wrap:anywhere]">
            {t("nodeName", { kind: kindName(node), id })}
          </h2>
        </div>
      )}
      {ofNode.map((problem) => (
        <p key={problem.code} className="rounded-xl bg-danger-ground px-4 py-3 text-sm text-danger">
          {problemText(problem, node)}
        </p>
      ))}
      <KindFields
        key={id}
        form={{
          ...{ id, node, errorAt, workflows, variables },
          change: (changed, field) =>
            onEdit({ type: "replace", id, node: changed }, field === null ? null : `${id} ${field}`),
        }}
      />
      <WayFields
        definition={definition}
        node={node}
        errorAt={errorAt}
        onConnect={(field, target) => onEdit({ type: "connect", id, field, target })}
        onAddFrom={(field) => onAddFrom({ id, field })}
      />
      <div className="flex flex-col gap-3 border-t border-line pt-4">
        <IdField key={id} id={id} definition={definition} onEdit={onEdit} onRenamed={onRenamed} />
        {definition.start === id ? (
          <p className="flex items-center gap-2 text-sm text-muted">
            <Flag className="size-4" aria-hidden="true" />
            {t("panel.isStart")}
          </p>
        ) : (
          <Button look="quiet" onClick={() => onEdit({ type: "start", id })} className="self-start">
            <Flag className="size-4" aria-hidden="true" />
            {t("panel.makeStart")}
          </Button>
        )}
        <Button look="danger" onClick={() => onEdit({ type: "remove", id })} className="self-start">
          <Trash2 className="size-4" aria-hidden="true" />
          {t("panel.remove")}
        </Button>
      </div>
    </div>
  );
}

/** The name is changed when the field is left, because every line to the node has it. */
function IdField({
  id,
  definition,
  onEdit,
  onRenamed,
}: Pick<NodePanelProps, "id" | "definition" | "onEdit" | "onRenamed">) {
  const t = useTranslations("botEditor.panel");
  const [typed, setTyped] = useState(id);
  const isTaken = typed !== id && Object.hasOwn(definition.nodes, typed);
  const error = isTaken ? t("idTaken") : nodeIdSchema.safeParse(typed).success ? undefined : t("idInvalid");
  return (
    <Field
      name="id"
      label={t("id")}
      hint={t("idHint")}
      value={typed}
      error={error}
      autoComplete="off"
      spellCheck={false}
      onChange={setTyped}
      onBlur={() => {
        if (error || typed === id) return;
        onEdit({ type: "rename", id, to: typed });
        onRenamed(typed);
      }}
    />
  );
}
