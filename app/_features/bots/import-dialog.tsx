import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { type FormEvent, useId, useState } from "react";
import type { ApiFailure } from "@/app/_ui/api-result";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { FailureNote } from "@/app/_ui/failure-note";
import type { ImportInput } from "@/lib/schemas/bot-console";
import { importWorkflows } from "./bots-api";

/** As the API takes it. */
const MAX_FILE_BYTES = 4_000_000;

/** Imports the workflows of a file as drafts. */
export function ImportDialog({ botId, onClose }: { botId: string; onClose: () => void }) {
  const t = useTranslations("bots");
  const router = useRouter();
  const fileId = useId();
  const [file, setFile] = useState<File | null>(null);
  const [replacesDrafts, setReplacesDrafts] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<"noFile" | "notJson" | "tooLarge" | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [importedCount, setImportedCount] = useState<number | null>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isBusy) return;
    setFailure(null);
    setRefusal(null);
    if (!file) return setRefusal("noFile");
    if (file.size > MAX_FILE_BYTES) return setRefusal("tooLarge");
    let document: unknown;
    try {
      document = JSON.parse(await file.text());
    } catch {
      return setRefusal("notJson");
    }
    setBusy(true);
    // The API parses the document and says what is wrong with it.
    const result = await importWorkflows(botId, { document, replacesDrafts } as ImportInput);
    setBusy(false);
    if (!result.ok) return setFailure(result.failure);
    setImportedCount(result.data.items.length);
    router.refresh();
  };

  return (
    <Dialog title={t("transfer.importTitle")} onClose={onClose}>
      {(close) => (
        <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-4">
          <p className="text-muted">{t("transfer.importText")}</p>
          <label htmlFor={fileId} className="flex flex-col gap-2 text-sm font-semibold">
            {t("transfer.file")}
            <input
              id={fileId}
              type="file"
              accept="application/json,.json"
              onChange={(event) => setFile(event.target.files?.[0] ?? null)}
              className="min-h-11 font-normal file:mr-3 file:min-h-11 file:cursor-pointer file:rounded-full file:border file:border-line-strong file:bg-transparent file:px-4 file:text-ink"
            />
          </label>
          <label className="flex min-h-11 cursor-pointer items-center gap-3">
            <input
              type="checkbox"
              checked={replacesDrafts}
              onChange={(event) => setReplacesDrafts(event.target.checked)}
              className="size-5 accent-current"
            />
            {t("transfer.replaces")}
          </label>
          {refusal ? (
            <p role="alert" className="text-sm font-medium text-danger">
              {t(`transfer.${refusal}`)}
            </p>
          ) : null}
          {failure ? <FailureNote failure={failure} /> : null}
          {failure && failure.details.length > 0 ? (
            <ul className="max-h-40 overflow-y-auto text-sm text-muted">
              {failure.details.map(({ path, message }) => (
                <li key={`${path} ${message}`} className="[overflow-wrap:anywhere]">
                  {path}: {message}
                </li>
              ))}
            </ul>
          ) : null}
          <p role="status" className="min-h-6 text-sm">
            {importedCount === null ? "" : t("transfer.done", { count: importedCount })}
          </p>
          <div className="flex flex-wrap gap-2">
            <Button type="submit" aria-disabled={isBusy}>
              {t(isBusy ? "transfer.submitting" : "transfer.submit")}
            </Button>
            <Button look="plain" onClick={close}>
              {t("cancel")}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
