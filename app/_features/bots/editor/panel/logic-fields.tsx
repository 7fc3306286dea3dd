import { useTranslations } from "next-intl";
import { useState } from "react";
import type { NodeOf } from "@/lib/schemas/workflow";
import { type DurationUnit, secondsOf, splitSeconds } from "../use-node-texts";
import { NumberField, SelectField, TextField } from "./fields";
import type { PanelForm } from "./panel-form";

/** Fields of the nodes that decide, keep values and wait. */

const OPERATORS = ["is", "isNot", "above", "below", "contains", "isSet"] as const;

export function ConditionFields({ form }: { form: PanelForm<"condition"> }) {
  const t = useTranslations("botEditor.panel");
  const { node, change, errorAt, variables } = form;
  return (
    <>
      <SelectField
        name="variable"
        label={t("variable")}
        error={errorAt("variable")}
        value={node.variable}
        placeholder={t("choose")}
        options={variables.map((name) => ({ value: name, label: name }))}
        onChange={(variable) => change({ ...node, variable }, null)}
      />
      <SelectField
        name="operator"
        label={t("operator")}
        error={errorAt("operator")}
        value={node.operator}
        options={OPERATORS.map((operator) => ({ value: operator, label: t(`operators.${operator}`) }))}
        onChange={(operator) => change({ ...node, operator }, null)}
      />
      {node.operator === "isSet" ? null : (
        <TextField
          name="value"
          label={t("value")}
          hint={t("valueHint")}
          error={errorAt("value")}
          value={String(node.value)}
          onChange={(value) => change({ ...node, value }, "value")}
        />
      )}
    </>
  );
}

export function SetVariableFields({ form }: { form: PanelForm<"setVariable"> }) {
  const t = useTranslations("botEditor.panel");
  const { node, change, errorAt, variables } = form;
  const { value: _value, add: _add, ...rest } = node;
  const mode = node.add === undefined ? "set" : "add";
  return (
    <>
      <TextField
        name="variable"
        label={t("variable")}
        hint={t("variableHint")}
        error={errorAt("variable")}
        value={node.variable}
        onChange={(variable) => change({ ...node, variable }, "variable")}
      />
      <SelectField
        name="mode"
        label={t("mode")}
        error={undefined}
        value={mode}
        options={[
          { value: "set", label: t("modeSet") },
          { value: "add", label: t("modeAdd") },
        ]}
        onChange={(chosen) => change(chosen === "set" ? { ...rest, value: "" } : { ...rest, add: 1 }, null)}
      />
      {mode === "set" ? (
        <TextField
          name="value"
          label={t("value")}
          error={errorAt("value")}
          value={String(node.value ?? "")}
          variables={variables}
          onChange={(value) => change({ ...rest, value }, "value")}
        />
      ) : (
        <NumberField
          name="add"
          label={t("add")}
          error={errorAt("add")}
          value={node.add}
          onChange={(add) => change({ ...rest, add: add ?? 0 }, "add")}
        />
      )}
    </>
  );
}

const DURATION_UNITS = ["seconds", "minutes", "hours", "days"] as const satisfies readonly DurationUnit[];

export function DelayFields({ form }: { form: PanelForm<"delay"> }) {
  const t = useTranslations("botEditor.panel");
  const { node, change, errorAt } = form;
  // Chosen once: 60 typed minutes must not become an hour while one types on.
  const [unit, setUnit] = useState(() => splitSeconds(node.seconds).unit);
  const count = node.seconds / secondsOf(unit);
  const set = (next: number, of: DurationUnit, field: string | null) =>
    change({ ...node, seconds: Math.round(next * secondsOf(of)) }, field);
  return (
    <div className="grid grid-cols-2 gap-3">
      <NumberField
        name="seconds"
        label={t("duration")}
        error={errorAt("seconds")}
        value={count}
        onChange={(next) => set(next ?? 0, unit, "seconds")}
      />
      <SelectField
        name="unit"
        label={t("unit")}
        error={undefined}
        value={unit}
        options={DURATION_UNITS.map((value) => ({ value, label: t(`units.${value}`) }))}
        onChange={(next) => {
          setUnit(next);
          set(count, next, null);
        }}
      />
    </div>
  );
}

export function WaitUntilFields({ form }: { form: PanelForm<"waitUntil"> }) {
  const t = useTranslations("botEditor.panel");
  const { node, change, errorAt } = form;
  return (
    <TextField
      name="at"
      label={t("at")}
      hint={t("atHint")}
      error={errorAt("at")}
      value={node.at}
      onChange={(at) => change({ ...node, at }, "at")}
    />
  );
}

export function CallWorkflowFields({ form }: { form: PanelForm<"callWorkflow"> }) {
  const t = useTranslations("botEditor.panel");
  const { node, change, errorAt, workflows } = form;
  return (
    <SelectField
      name="workflow"
      label={t("workflow")}
      error={errorAt("workflow")}
      value={node.workflow}
      placeholder={t("choose")}
      options={workflows.map((key) => ({ value: key, label: key }))}
      onChange={(workflow) => change({ ...node, workflow } satisfies NodeOf<"callWorkflow">, null)}
    />
  );
}
