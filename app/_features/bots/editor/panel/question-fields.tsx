import { useTranslations } from "next-intl";
import type { NodeOf } from "@/lib/schemas/workflow";
import { NumberField, SelectField, TextField } from "./fields";
import type { PanelForm } from "./panel-form";
import { RowList, withMovedUp } from "./row-list";
import { LabelFields, TextsFields } from "./texts-fields";

export function QuestionFields({ form }: { form: PanelForm<"question"> }) {
  const t = useTranslations("botEditor.panel");
  const { node, change } = form;
  return (
    <>
      <TextsFields
        form={form}
        path="text"
        labels={{ ru: t("textRu"), en: t("textEn") }}
        value={node.text}
        onChange={(text, field) => change({ ...node, text }, field)}
      />
      <AnswerFields form={form} />
      <TextsFields
        form={form}
        path="retry"
        labels={{ ru: t("retryRu"), en: t("retryEn") }}
        value={node.retry}
        onChange={(retry, field) => change({ ...node, retry }, field)}
      />
    </>
  );
}

const ANSWERS = ["text", "number", "choice", "contact"] as const;
type Bound = "min" | "max";

function withBound(node: NodeOf<"question">, bound: Bound, value: number | undefined): NodeOf<"question"> {
  const { [bound]: _, ...rest } = node;
  return (value === undefined ? rest : { ...rest, [bound]: value }) as NodeOf<"question">;
}

function AnswerFields({ form }: { form: PanelForm<"question"> }) {
  const t = useTranslations("botEditor.panel");
  const { node, change, errorAt } = form;
  return (
    <>
      <SelectField
        name="answer"
        label={t("answer")}
        error={errorAt("answer")}
        value={node.answer}
        options={ANSWERS.map((answer) => ({ value: answer, label: t(`answers.${answer}`) }))}
        onChange={(answer) => change({ ...node, answer }, null)}
      />
      <TextField
        name="variable"
        label={t("saveTo")}
        hint={t("variableHint")}
        error={errorAt("variable")}
        value={node.variable}
        onChange={(variable) => change({ ...node, variable }, "variable")}
      />
      {node.answer === "number" ? (
        <div className="grid grid-cols-2 gap-3">
          {(["min", "max"] as const).map((bound) => (
            <BoundField key={bound} form={form} bound={bound} />
          ))}
        </div>
      ) : null}
      {node.answer === "choice" ? <Choices form={form} /> : null}
    </>
  );
}

function BoundField({
  form: { node, change, errorAt },
  bound,
}: {
  form: PanelForm<"question">;
  bound: Bound;
}) {
  const t = useTranslations("botEditor.panel");
  return (
    <NumberField
      name={bound}
      label={t(bound)}
      error={errorAt(bound)}
      value={node[bound]}
      onChange={(value) => change(withBound(node, bound, value), bound)}
    />
  );
}

function Choices({ form }: { form: PanelForm<"question"> }) {
  const t = useTranslations("botEditor.panel");
  const { node, change, errorAt } = form;
  type Choice = (typeof node.choices)[number];
  const set = (choices: Choice[], field: string | null) => change({ ...node, choices }, field);
  const replace = (index: number, choice: Choice, field: string) =>
    set(
      node.choices.map((old, position) => (position === index ? choice : old)),
      field,
    );
  return (
    <RowList
      title={t("choices")}
      addLabel={t("addChoice")}
      count={node.choices.length}
      nameRow={(number) => t("choiceTitle", { number })}
      removeLabel={(number) => t("removeChoice", { number })}
      error={errorAt("choices")}
      onAdd={() => set([...node.choices, { label: { ru: "", en: "" }, value: "" }], null)}
      onRemove={(index) =>
        set(
          node.choices.filter((_, position) => position !== index),
          null,
        )
      }
      onMoveUp={(index) => set(withMovedUp(node.choices, index), null)}
    >
      {(index) => {
        const choice = node.choices[index];
        if (!choice) return null;
        const path = `choices.${index}`;
        return (
          <>
            <LabelFields
              form={form}
              path={`${path}.label`}
              labels={{ ru: t("labelRu"), en: t("labelEn") }}
              value={choice.label}
              onChange={(label, field) => replace(index, { ...choice, label }, field)}
            />
            <TextField
              name={`${path}.value`}
              label={t("choiceValue")}
              error={errorAt(`${path}.value`)}
              value={choice.value}
              onChange={(value) => replace(index, { ...choice, value }, `${path}.value`)}
            />
          </>
        );
      }}
    </RowList>
  );
}
