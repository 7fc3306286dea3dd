import { useTranslations } from "next-intl";
import type { Definition, Node } from "@/lib/schemas/workflow";
import { orderNodes } from "../layout";
import { outletsOf } from "../outlets";
import { useNodeTexts } from "../use-node-texts";
import { SelectField } from "./fields";

const NEW_STEP = "+";

interface Props {
  definition: Definition;
  node: Node;
  errorAt: (path: string) => string | undefined;
  onConnect: (field: string, target: string) => void;
  onAddFrom: (field: string) => void;
}

/** Where each way out of a node leads: what lines do in the diagram, without it. */
export function WayFields({ definition, node, errorAt, onConnect, onAddFrom }: Props) {
  const t = useTranslations("botEditor");
  const { outletName, summarize } = useNodeTexts();
  const outlets = outletsOf(node);
  if (outlets.length === 0) return null;
  const targets = orderNodes(definition).flatMap((target) => {
    const found = definition.nodes[target];
    return found ? [{ value: target, label: `${target} · ${summarize(found).slice(0, 40)}` }] : [];
  });
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-2 font-semibold">{t("panel.ways")}</legend>
      {outlets.map((outlet) => (
        <SelectField
          key={outlet.field}
          name={outlet.field}
          label={outletName(node, outlet)}
          error={errorAt(outlet.field)}
          value={outlet.target}
          placeholder={t("none")}
          isClearable
          options={[...targets, { value: NEW_STEP, label: t("panel.newStep") }]}
          onChange={(target) =>
            target === NEW_STEP ? onAddFrom(outlet.field) : onConnect(outlet.field, target)
          }
        />
      ))}
    </fieldset>
  );
}
