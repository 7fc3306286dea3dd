import { useTranslations } from "next-intl";
import type { Button } from "@/lib/schemas/workflow";
import { SelectField, TextField } from "./fields";
import type { PanelForm } from "./panel-form";
import { RowList, withMovedUp } from "./row-list";
import { LabelFields, TextsFields } from "./texts-fields";

type Does = "next" | "workflow" | "url";

const doesOf = (button: Button): Does =>
  "next" in button ? "next" : "workflow" in button ? "workflow" : "url";

export function MessageFields({ form }: { form: PanelForm<"message"> }) {
  const t = useTranslations("botEditor.panel");
  const { node, change, errorAt } = form;
  return (
    <>
      <TextsFields
        form={form}
        path="text"
        labels={{ ru: t("textRu"), en: t("textEn") }}
        value={node.text}
        hasPicture={node.picture !== undefined}
        onChange={(text, field) => change({ ...node, text }, field)}
      />
      <TextField
        name="picture"
        label={t("picture")}
        hint={t("pictureHint")}
        value={node.picture ?? ""}
        error={errorAt("picture")}
        onChange={(picture) => {
          const { picture: _, ...rest } = node;
          change(picture === "" ? rest : { ...rest, picture }, "picture");
        }}
      />
      <Buttons form={form} />
    </>
  );
}

function Buttons({ form }: { form: PanelForm<"message"> }) {
  const t = useTranslations("botEditor.panel");
  const { node, change, errorAt, workflows, variables } = form;
  const set = (buttons: Button[], field: string | null) => change({ ...node, buttons }, field);
  const replace = (index: number, button: Button, field: string | null) =>
    set(
      node.buttons.map((old, position) => (position === index ? button : old)),
      field,
    );
  return (
    <RowList
      title={t("buttons")}
      addLabel={t("addButton")}
      count={node.buttons.length}
      nameRow={(number) => t("buttonTitle", { number })}
      removeLabel={(number) => t("removeButton", { number })}
      error={errorAt("buttons")}
      onAdd={() => set([...node.buttons, { label: { ru: "", en: "" }, next: "" }], null)}
      onRemove={(index) =>
        set(
          node.buttons.filter((_, position) => position !== index),
          null,
        )
      }
      onMoveUp={(index) => set(withMovedUp(node.buttons, index), null)}
    >
      {(index) => {
        const button = node.buttons[index];
        if (!button) return null;
        const path = `buttons.${index}`;
        return (
          <>
            <LabelFields
              form={form}
              path={`${path}.label`}
              labels={{ ru: t("labelRu"), en: t("labelEn") }}
              value={button.label}
              onChange={(label, field) => replace(index, { ...button, label }, field)}
            />
            <SelectField<Does>
              name={`${path}.does`}
              label={t("does")}
              error={errorAt(path)}
              value={doesOf(button)}
              options={[
                { value: "next", label: t("doesNext") },
                { value: "workflow", label: t("doesWorkflow") },
                { value: "url", label: t("doesUrl") },
              ]}
              onChange={(does) => replace(index, { label: button.label, [does]: "" } as Button, null)}
            />
            {"workflow" in button ? (
              <SelectField
                name={`${path}.workflow`}
                label={t("workflow")}
                error={errorAt(`${path}.workflow`)}
                value={button.workflow}
                placeholder={t("choose")}
                options={workflows.map((key) => ({ value: key, label: key }))}
                onChange={(workflow) => replace(index, { label: button.label, workflow }, null)}
              />
            ) : null}
            {"url" in button ? (
              <TextField
                name={`${path}.url`}
                label={t("url")}
                error={errorAt(`${path}.url`)}
                value={button.url}
                variables={variables}
                onChange={(url) => replace(index, { label: button.label, url }, `${path}.url`)}
              />
            ) : null}
          </>
        );
      }}
    </RowList>
  );
}
