import { useTranslations } from "next-intl";
import { useEffect, useId, useState } from "react";
import type { VersionDefinition } from "@/lib/schemas/bot-console";
import type { ExecutionSummary } from "@/lib/schemas/bot-executions";
import { workflowApi } from "../bots-api";

export interface Target {
  versionNumber: number;
  /** Empty: the node with the same id. */
  nodeId: string;
}

interface Props {
  botId: string;
  execution: ExecutionSummary;
  versionNumbers: readonly number[];
  target: Target;
  onChange: (target: Target) => void;
}

const SELECT_CLASS =
  "h-11 w-full rounded-xl border border-line-strong bg-ground/70 px-3 text-ink hover:border-muted focus:border-ink";

/** The version and the node at which a run goes on. */
export function MoveTarget({ botId, execution, versionNumbers, target, onChange }: Props) {
  const t = useTranslations("botRuns.actions");
  const ids = { version: useId(), node: useId() };
  const [version, setVersion] = useState<VersionDefinition | null>(null);
  const { workflowKey, nodeId } = execution;
  useEffect(() => {
    let isStale = false;
    void workflowApi(botId, workflowKey)
      .readVersion(target.versionNumber)
      .then((result) => {
        if (!isStale && result.ok) setVersion(result.data.version);
      });
    return () => {
      isStale = true;
    };
  }, [botId, workflowKey, target.versionNumber]);
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <label htmlFor={ids.version} className="flex flex-col gap-1.5 text-sm font-semibold">
        {t("versionLabel")}
        <select
          id={ids.version}
          value={target.versionNumber}
          onChange={(event) => onChange({ versionNumber: Number(event.target.value), nodeId: "" })}
          className={SELECT_CLASS}
        >
          {versionNumbers.map((number) => (
            <option key={number} value={number}>
              {number}
            </option>
          ))}
        </select>
      </label>
      <label htmlFor={ids.node} className="flex flex-col gap-1.5 text-sm font-semibold">
        {t("nodeLabel")}
        <select
          id={ids.node}
          value={target.nodeId}
          onChange={(event) => onChange({ ...target, nodeId: event.target.value })}
          className={SELECT_CLASS}
        >
          <option value="">{t("sameNode", { id: nodeId })}</option>
          {Object.keys(version?.definition.nodes ?? {}).map((id) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
