"use client";

import { Download, Trash2, Upload } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/app/_ui/button";
import { ConfirmDialog } from "@/app/_ui/confirm-dialog";
import type { Bot } from "@/lib/schemas/bot-console";
import { isolate } from "@/lib/schemas/isolate";
import { deleteBot } from "./bots-api";
import { ImportDialog } from "./import-dialog";

/** What is done to a whole bot and seldom: export, import, deletion. */
export function BotTools({ bot }: { bot: Bot }) {
  const t = useTranslations("bots");
  const router = useRouter();
  const [open, setOpen] = useState<"import" | "delete" | null>(null);
  return (
    <section aria-labelledby="transfer" className="mt-12 border-t border-line pt-6">
      <h2 id="transfer" className="text-lg font-semibold">
        {t("transfer.title")}
      </h2>
      <div className="mt-4 flex flex-wrap gap-2">
        <Button asChild look="quiet">
          <a href={`/api/bots/${bot.id}/export`} download={`${bot.username}.json`}>
            <Download className="size-4" aria-hidden="true" />
            {t("transfer.export")}
          </a>
        </Button>
        <Button look="quiet" onClick={() => setOpen("import")}>
          <Upload className="size-4" aria-hidden="true" />
          {t("transfer.import")}
        </Button>
        <Button look="danger" onClick={() => setOpen("delete")} className="sm:ml-auto">
          <Trash2 className="size-4" aria-hidden="true" />
          {t("remove.action")}
        </Button>
      </div>
      {open === "import" ? <ImportDialog botId={bot.id} onClose={() => setOpen(null)} /> : null}
      {open === "delete" ? (
        <ConfirmDialog
          title={t("remove.title", { name: isolate(bot.name) })}
          text={t("remove.text")}
          confirmLabel={t("remove.confirm")}
          busyLabel={t("remove.busy")}
          look="danger"
          onConfirm={async () => {
            const result = await deleteBot(bot.id);
            if (!result.ok) return result.failure;
            router.push("/bots");
            return null;
          }}
          onClose={() => setOpen(null)}
        />
      ) : null}
    </section>
  );
}
