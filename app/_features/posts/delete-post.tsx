"use client";

import { Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { refreshChangedPage } from "@/app/_data/refresh-changed-page";
import { Button } from "@/app/_ui/button";
import { ConfirmDialog } from "@/app/_ui/confirm-dialog";
import { isolate } from "@/lib/schemas/isolate";
import type { Post } from "@/lib/schemas/post";
import { deletePost } from "./posts-api";

/** Deletes the author's own post after a question. */
export function DeletePost({
  post: { id, title, authorHandle },
}: {
  post: Pick<Post, "id" | "title" | "authorHandle">;
}) {
  const t = useTranslations("editPost.remove");
  const router = useRouter();
  const [isOpen, setOpen] = useState(false);
  return (
    <section aria-labelledby="remove" className="mt-12 max-w-3xl border-t border-line pt-6">
      <h2 id="remove" className="text-lg font-semibold">
        {t("action")}
      </h2>
      <p className="mt-1 max-w-[60ch] text-muted">{t("text")}</p>
      <Button look="danger" onClick={() => setOpen(true)} className="mt-4">
        <Trash2 className="size-4" aria-hidden="true" />
        {t("action")}
      </Button>
      {isOpen ? (
        <ConfirmDialog
          title={t("title", { title: isolate(title) })}
          text={t("text")}
          confirmLabel={t("confirm")}
          busyLabel={t("busy")}
          look="danger"
          onConfirm={async () => {
            const result = await deletePost(id);
            if (!result.ok) return result.failure;
            router.replace(`/u/${authorHandle}`);
            refreshChangedPage(router);
            return null;
          }}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </section>
  );
}
