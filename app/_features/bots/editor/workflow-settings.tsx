import { Download, Upload } from "lucide-react";
import { useTranslations } from "next-intl";
import { useId, useRef, useState } from "react";
import { Button } from "@/app/_ui/button";
import { readDraftFile, toDraftFile } from "./draft-file";
import { TextField } from "./panel/fields";
import type { WorkflowEditorState } from "./use-workflow-editor";

/** What belongs to the workflow and to no node of it. */
export function WorkflowSettings({ editor, botId }: { editor: WorkflowEditorState; botId: string }) {
  const t = useTranslations("botEditor");
  const fileId = useId();
  const file = useRef<HTMLInputElement>(null);
  const [isRefused, setRefused] = useState(false);
  const { workflow, definition, command } = editor;

  const download = () => {
    const url = URL.createObjectURL(
      new Blob([toDraftFile(workflow.key, { definition, command })], { type: "application/json" }),
    );
    const link = document.createElement("a");
    Object.assign(link, { href: url, download: `${workflow.key}-${botId.slice(-6)}.json` });
    link.click();
    URL.revokeObjectURL(url);
  };
  const load = async (chosen: File | undefined) => {
    if (!chosen) return;
    const read = readDraftFile(await chosen.text(), workflow.key);
    setRefused(read === null);
    if (read) editor.edit({ type: "load", definition: read });
    if (file.current) file.current.value = "";
  };

  return (
    <details className="mt-4 border-t border-line px-2.5 pt-3">
      <summary className="min-h-9 font-semibold">{t("settings")}</summary>
      <div className="mt-3 flex flex-col gap-3">
        <TextField
          name="command"
          label={t("command")}
          hint={t("commandHint")}
          error={undefined}
          value={command ?? ""}
          onChange={(typed) => editor.setCommand(typed.replace(/^\//, "").trim() || null)}
        />
        <InputsField editor={editor} />
        <div className="flex flex-wrap gap-2">
          <Button look="quiet" size="small" onClick={download} className="min-h-11">
            <Download className="size-4" aria-hidden="true" />
            {t("exportDraft")}
          </Button>
          <label
            htmlFor={fileId}
            className="inline-flex min-h-11 cursor-pointer items-center gap-2 rounded-full border border-line-strong px-4 text-sm font-semibold hover:border-ink has-focus-visible:outline-2 has-focus-visible:outline-focus"
          >
            <Upload className="size-4" aria-hidden="true" />
            {t("importDraft")}
            <input
              ref={file}
              id={fileId}
              type="file"
              accept="application/json,.json"
              className="sr-only"
              onChange={(event) => void load(event.target.files?.[0])}
            />
          </label>
        </div>
        {isRefused ? (
          <p role="alert" className="text-sm text-danger">
            {t("importFailed")}
          </p>
        ) : null}
      </div>
    </details>
  );
}

const toNames = (typed: string) =>
  typed
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);

/** Keeps what is typed: a comma is no name yet. */
function InputsField({ editor: { definition, edit } }: { editor: WorkflowEditorState }) {
  const t = useTranslations("botEditor");
  const { inputs } = definition;
  const [typed, setTyped] = useState(inputs.join(", "));
  // Changed from outside, by undo for example.
  if (toNames(typed).join() !== inputs.join()) setTyped(inputs.join(", "));
  return (
    <TextField
      name="inputs"
      label={t("inputs")}
      hint={t("inputsHint")}
      error={undefined}
      value={typed}
      onChange={(text) => {
        setTyped(text);
        edit({ type: "inputs", inputs: toNames(text) }, "inputs");
      }}
    />
  );
}
