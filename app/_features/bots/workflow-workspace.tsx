"use client";

import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { Skeleton } from "@/app/_ui/skeleton";
import type { WorkflowEditorProps } from "./editor/workflow-editor";

// The editor checks definitions with their schema, so it has zod and more of its own, which no other page loads.
const WorkflowEditor = dynamic(
  () => import("./editor/workflow-editor").then((module) => module.WorkflowEditor),
  {
    loading: EditorSkeleton,
  },
);

export function WorkflowWorkspace(props: WorkflowEditorProps) {
  return <WorkflowEditor key={props.workflow.key} {...props} />;
}

function EditorSkeleton() {
  const t = useTranslations("botEditor");
  return (
    <div role="status" aria-label={t("loading")} className="grid gap-4 lg:grid-cols-[22rem_minmax(0,1fr)]">
      <Skeleton className="h-96 rounded-3xl lg:h-[34rem]" />
      <Skeleton className="h-[65dvh] rounded-3xl lg:h-[34rem]" />
    </div>
  );
}
