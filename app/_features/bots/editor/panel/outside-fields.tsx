import { useTranslations } from "next-intl";
import type { NodeOf } from "@/lib/schemas/workflow";
import { NumberField, SelectField, TextField } from "./fields";
import type { PanelForm } from "./panel-form";
import { RowList } from "./row-list";
import { LabelFields } from "./texts-fields";

/** Fields of the nodes that call an address and move bonuses. */

export function HttpRequestFields({ form }: { form: PanelForm<"httpRequest"> }) {
  const t = useTranslations("botEditor.panel");
  const { node, change, errorAt, variables } = form;
  return (
    <>
      <SelectField
        name="method"
        label={t("method")}
        error={errorAt("method")}
        value={node.method}
        options={[
          { value: "GET", label: "GET" },
          { value: "POST", label: "POST" },
        ]}
        onChange={(method) => change({ ...node, method }, null)}
      />
      <TextField
        name="url"
        label={t("address")}
        hint={t("addressHint")}
        error={errorAt("url")}
        value={node.url}
        variables={variables}
        onChange={(url) => change({ ...node, url }, "url")}
      />
      {node.method === "POST" ? (
        <Pairs
          form={form}
          path="body"
          title={t("body")}
          valueLabel={t("value")}
          pairs={node.body ?? {}}
          onChange={(body, field) => change({ ...node, body }, field)}
        />
      ) : null}
      <Pairs
        form={form}
        path="save"
        title={t("save")}
        valueLabel={t("path")}
        pairs={node.save}
        onChange={(save, field) => change({ ...node, save }, field)}
      />
    </>
  );
}

interface PairsProps<V extends string | number | boolean> {
  form: Pick<PanelForm, "errorAt">;
  path: "body" | "save";
  title: string;
  valueLabel: string;
  pairs: Readonly<Record<string, V>>;
  onChange: (pairs: Record<string, V | string>, field: string | null) => void;
}

/** Names with values. A name can be used once. */
function Pairs<V extends string | number | boolean>({
  form,
  path,
  title,
  valueLabel,
  pairs,
  onChange,
}: PairsProps<V>) {
  const t = useTranslations("botEditor.panel");
  const rows = Object.entries(pairs);
  const set = (index: number, row: [string, V | string], field: string) => {
    const isTaken = rows.some(([name], position) => position !== index && name === row[0]);
    if (isTaken) return;
    onChange(Object.fromEntries(rows.map((old, position) => (position === index ? row : old))), field);
  };
  return (
    <RowList
      title={title}
      addLabel={t("addPair")}
      count={rows.length}
      nameRow={(number) => String(number)}
      removeLabel={(number) => t("removePair", { number })}
      error={form.errorAt(path)}
      onAdd={() => (Object.hasOwn(pairs, "") ? undefined : onChange({ ...pairs, "": "" }, null))}
      onRemove={(index) =>
        onChange(Object.fromEntries(rows.filter((_, position) => position !== index)), null)
      }
    >
      {(index) => {
        const [name, value] = rows[index] ?? ["", ""];
        return (
          <div className="grid gap-x-3 sm:grid-cols-2 lg:grid-cols-1 xl:grid-cols-2">
            <TextField
              name={`${path}.${index}.name`}
              label={t("name")}
              error={undefined}
              value={name}
              onChange={(typed) => set(index, [typed, value], `${path}.${index}.name`)}
            />
            <TextField
              name={`${path}.${index}.value`}
              label={valueLabel}
              error={form.errorAt(`${path}.${name}`)}
              value={String(value)}
              onChange={(typed) => set(index, [name, typed], `${path}.${index}.value`)}
            />
          </div>
        );
      }}
    </RowList>
  );
}

export function SpendBonusesFields({ form }: { form: PanelForm<"spendBonuses"> }) {
  const t = useTranslations("botEditor.panel");
  const { node, change, errorAt, variables } = form;
  return (
    <>
      <SelectField
        name="amount"
        label={t("amount")}
        error={errorAt("amount") ?? errorAt("variable")}
        value={node.amount}
        placeholder={t("choose")}
        options={variables.map((name) => ({ value: name, label: name }))}
        onChange={(amount) => change({ ...node, amount }, null)}
      />
      <LabelFields
        form={form}
        path="note"
        labels={{ ru: t("noteRu"), en: t("noteEn") }}
        value={node.note}
        onChange={(note, field) => change({ ...node, note }, field)}
      />
    </>
  );
}

export function CreditBonusesFields({ form }: { form: PanelForm<"creditBonuses"> }) {
  const t = useTranslations("botEditor.panel");
  const { node, change, errorAt } = form;
  return (
    <>
      <NumberField
        name="amountMinor"
        label={t("amountMinor")}
        hint={t("administratorsOnly")}
        error={errorAt("amountMinor") ?? errorAt("kind")}
        value={node.amountMinor / 100}
        onChange={(amount) =>
          change({ ...node, amountMinor: Math.round((amount ?? 0) * 100) }, "amountMinor")
        }
      />
      <TextField
        name="once"
        label={t("once")}
        hint={t("onceHint")}
        error={errorAt("once")}
        value={node.once ?? ""}
        onChange={(once) => change(withOnce(node, once.trim()), "once")}
      />
      <LabelFields
        form={form}
        path="note"
        labels={{ ru: t("noteRu"), en: t("noteEn") }}
        value={node.note}
        onChange={(note, field) => change({ ...node, note }, field)}
      />
    </>
  );
}

/** Without a name it is credited each time, and the way for those who have it already is gone. */
function withOnce(node: NodeOf<"creditBonuses">, once: string): NodeOf<"creditBonuses"> {
  const { once: _, already, ...rest } = node;
  if (once === "") return rest;
  return { ...rest, once, ...(already === undefined ? {} : { already }) };
}

export function SetNotificationsFields({ form }: { form: PanelForm<"setNotifications"> }) {
  const t = useTranslations("botEditor.panel");
  const { node, change, errorAt } = form;
  return (
    <SelectField
      name="on"
      label={t("notifications")}
      hint={t("administratorsOnly")}
      error={errorAt("on") ?? errorAt("kind")}
      value={node.on ? "on" : "off"}
      options={[
        { value: "on", label: t("turnOn") },
        { value: "off", label: t("turnOff") },
      ]}
      onChange={(value) => change({ ...node, on: value === "on" }, null)}
    />
  );
}
