import { ArrowLeft } from "lucide-react";
import dynamic from "next/dynamic";
import { useTranslations } from "next-intl";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { Button } from "@/app/_ui/button";
import { cn } from "@/app/_ui/cn";
import { Dialog } from "@/app/_ui/dialog";
import { Skeleton } from "@/app/_ui/skeleton";
import type { Bot, Workflow } from "@/lib/schemas/bot-console";
import type { NodeKind } from "@/lib/schemas/workflow";
import { DifferenceList } from "./difference-list";
import { type EditorDialog, EditorDialogs } from "./editor-dialogs";
import { knownVariables } from "./known-variables";
import { layoutNodes } from "./layout";
import { newNode, newNodeId } from "./new-node";
import { NodeList } from "./node-list";
import { EditorNotes } from "./notes";
import { NodePanel, type NodePanelProps } from "./panel/node-panel";
import { parseDraft } from "./parse-draft";
import { ProblemList } from "./problem-list";
import { Toolbar, type ToolbarList } from "./toolbar";
import { useDefinitionFacts } from "./use-definition-facts";
import { useWideScreen } from "./use-wide-screen";
import { useWorkflowEditor } from "./use-workflow-editor";
import { WorkflowSettings } from "./workflow-settings";
import { WorkflowStatus } from "./workflow-status";

// React Flow and its styles are loaded here only, and never on the server, which cannot measure a diagram.
const WorkflowDiagram = dynamic(
  () => import("./diagram/workflow-diagram").then((module) => module.WorkflowDiagram),
  { ssr: false, loading: () => <Skeleton className="absolute inset-0 rounded-3xl" /> },
);

export interface WorkflowEditorProps {
  bot: Bot;
  workflow: Workflow;
  /** Keys of all workflows of the bot. */
  workflows: readonly string[];
  chatUrl: string;
}

/** One workflow as a list and as a diagram, both of which edit it. */
export function WorkflowEditor({ bot, workflow: initial, workflows, chatUrl }: WorkflowEditorProps) {
  const t = useTranslations("botEditor");
  const isWide = useWideScreen();
  const editor = useWorkflowEditor(bot.id, initial);
  const { definition, workflow, history, edit } = editor;
  const facts = useDefinitionFacts({
    ...{ definition, workflow, workflows, isAdministrators: bot.isAdministrators },
  });
  const { problemList, difference, problems, changes, waiting } = facts;
  const [selected, setSelected] = useState<string | null>(null);
  const [dialog, setDialog] = useState<EditorDialog | null>(null);
  const [openList, setOpenList] = useState<ToolbarList | null>(null);
  const [announcement, setAnnouncement] = useState("");
  const side = useRef<HTMLElement>(null);
  const selectedNode =
    selected === null
      ? undefined
      : Object.hasOwn(definition.nodes, selected)
        ? definition.nodes[selected]
        : undefined;
  const selectedId = selectedNode ? selected : null;

  const isCommandChanged = editor.command !== workflow.command;
  const changeCount =
    difference.nodes.length + [difference.start, difference.inputs, isCommandChanged].filter(Boolean).length;
  const canPublish = problemList.length === 0 && (changeCount > 0 || workflow.publishedNumber === null);

  // Removed nodes are drawn while the changes are looked at.
  const drawn = useMemo(() => {
    if (openList !== "changes") return definition;
    const removed = difference.nodes.filter(({ change }) => change === "removed");
    return {
      ...definition,
      nodes: { ...Object.fromEntries(removed.map(({ id, node }) => [id, node])), ...definition.nodes },
    };
  }, [definition, difference, openList]);
  const positions = useMemo(() => layoutNodes(drawn), [drawn]);
  const variables = useMemo(() => knownVariables(definition), [definition]);

  const addNode = (kind: NodeKind, from: { id: string; field: string } | null) => {
    const id = newNodeId(kind, definition);
    const isFirst = Object.keys(definition.nodes).length === 0;
    edit({ type: "add", id, node: newNode(kind), ...(from ? { from } : {}) });
    if (isFirst) edit({ type: "start", id });
    setAnnouncement(t("addedStep", { id }));
    select(id);
  };

  const select = (id: string | null) => {
    setSelected(id);
    if (id === null && selectedId !== null && isWide)
      requestAnimationFrame(() => document.getElementById(`node-${selectedId}`)?.focus());
  };

  // What was selected from the list, a note or by adding is edited next.
  useEffect(() => {
    if (selected !== null && isWide) side.current?.focus({ preventScroll: true });
  }, [selected, isWide]);

  const panelProps: NodePanelProps | null =
    selectedNode && selectedId !== null
      ? {
          ...{ id: selectedId, node: selectedNode, definition, workflows, variables },
          problems: problemList.filter(({ nodeId }) => nodeId === selectedId),
          onEdit: (change, mergeKey = null) => {
            edit(change, mergeKey);
            if (change.type === "remove") {
              setAnnouncement(t("removedStep", { id: change.id }));
              setSelected(null);
              requestAnimationFrame(() => side.current?.focus());
            }
          },
          onRenamed: setSelected,
          onAddFrom: (from) => setDialog({ kind: "add", from }),
        }
      : null;

  const onShortcut = (event: KeyboardEvent) => {
    // Fields have an undo of their own.
    const isTyping = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
    if (!(event.metaKey || event.ctrlKey) || event.key.toLowerCase() !== "z" || isTyping) return;
    event.preventDefault();
    if (event.shiftKey) editor.redo();
    else editor.undo();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: shortcuts for what the buttons do
    <div className="flex flex-col gap-4" onKeyDown={onShortcut}>
      <WorkflowStatus editor={editor} onDiscard={() => setDialog({ kind: "discard" })} />
      <Toolbar
        canUndo={history.past.length > 0}
        canRedo={history.future.length > 0}
        canPublish={canPublish}
        changes={changeCount}
        problems={problemList.length}
        open={openList}
        onToggle={(list) => setOpenList(openList === list ? null : list)}
        onUndo={editor.undo}
        onRedo={editor.redo}
        onAdd={() => setDialog({ kind: "add", from: null })}
        onArrange={() => edit({ type: "arrange" })}
        onTest={() => setDialog({ kind: "test" })}
        onVersions={() => setDialog({ kind: "versions" })}
        onPublish={() => (canPublish ? setDialog({ kind: "publish" }) : setOpenList("problems"))}
      />
      <p role="status" className="sr-only">
        {announcement}
      </p>
      <EditorNotes
        editor={editor}
        isBroken={initial.draft !== null && parseDraft(initial.draft.definition) === null}
      />
      {openList === null ? null : (
        <section
          aria-label={t(openList === "changes" ? "difference.title" : "problemList")}
          className="max-h-80 overflow-y-auto rounded-2xl border border-line bg-raised/60 p-3"
        >
          {openList === "changes" ? (
            <DifferenceList
              difference={difference}
              start={definition.start}
              {...(isCommandChanged ? { command: editor.command } : {})}
              onSelect={select}
            />
          ) : problemList.length === 0 ? (
            <p className="p-2 text-sm text-muted">{t("noProblems")}</p>
          ) : (
            <ProblemList problems={problemList} definition={definition} onSelect={select} />
          )}
        </section>
      )}
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4 lg:h-[max(34rem,calc(100dvh-9rem))] lg:grid-cols-[22rem_minmax(0,1fr)]">
        <section
          ref={side}
          tabIndex={-1}
          aria-label={
            panelProps && isWide
              ? t("nodeName", { kind: t(`kinds.${panelProps.node.kind}`), id: panelProps.id })
              : t("list")
          }
          className="rounded-3xl border border-line bg-raised/50 p-3 outline-none lg:min-h-0 lg:overflow-y-auto"
        >
          {panelProps && isWide ? (
            <div className="p-1">
              <Button look="plain" size="small" onClick={() => select(null)} className="mb-3 -ml-2 min-h-11">
                <ArrowLeft className="size-4" aria-hidden="true" />
                {t("backToList")}
              </Button>
              <NodePanel {...panelProps} />
            </div>
          ) : (
            <>
              <h2 className="px-2.5 pt-1 pb-2 font-semibold">{t("list")}</h2>
              <NodeList {...{ definition, waiting, problems, changes }} onSelect={select} />
              <WorkflowSettings editor={editor} botId={bot.id} />
            </>
          )}
        </section>
        <div
          className={cn(
            "relative h-[65dvh] overflow-hidden rounded-3xl border border-line bg-sunken lg:h-full",
          )}
        >
          <WorkflowDiagram
            {...{ definition: drawn, positions, waiting, problems, changes, selectedId }}
            onSelect={select}
            onEdit={edit}
            onAddFrom={(from) => setDialog({ kind: "add", from })}
          />
        </div>
      </div>
      {panelProps && !isWide ? (
        <Dialog
          title={t("nodeName", { kind: t(`kinds.${panelProps.node.kind}`), id: panelProps.id })}
          onClose={() => setSelected(null)}
          className="mb-0 max-h-[85dvh] w-full max-w-full rounded-b-none"
        >
          {() => (
            <div className="min-h-0 overflow-y-auto">
              <NodePanel {...panelProps} isInDialog />
            </div>
          )}
        </Dialog>
      ) : null}
      <EditorDialogs
        {...{ dialog, editor, bot, chatUrl, difference, isCommandChanged }}
        onAdd={addNode}
        onClose={() => setDialog(null)}
      />
    </div>
  );
}
