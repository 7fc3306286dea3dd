"use client";

import { Disc3, FileBadge, type LucideIcon, Ticket } from "lucide-react";
import { useTranslations } from "next-intl";
import type { FieldProps } from "@/app/_ui/forms/use-form";
import type { ProductKind } from "@/lib/schemas/enums";

/** In the order in which they are shown. */
const ICONS = { ticket: Ticket, track: Disc3, licence: FileBadge } satisfies Record<ProductKind, LucideIcon>;
const KINDS = Object.entries(ICONS).map(([kind, Icon]) => ({ kind: kind as ProductKind, Icon }));

/** Three radio buttons with an icon for each kind of product. */
export function KindField({ name, value, onChange }: FieldProps) {
  const t = useTranslations("shop");
  const form = useTranslations("newProduct");
  return (
    <fieldset className="mb-3">
      <legend className="mb-2 text-sm font-semibold">{form("kindLabel")}</legend>
      <div className="grid gap-2 sm:grid-cols-3">
        {KINDS.map(({ kind, Icon }) => (
          <label
            key={kind}
            className="flex cursor-pointer items-center gap-3 rounded-2xl border border-line-strong bg-ground/70 p-4 transition-colors hover:border-muted has-checked:border-ink has-checked:bg-ink/9 has-focus-visible:outline-2 has-focus-visible:outline-offset-3 has-focus-visible:outline-focus sm:flex-col sm:items-start"
          >
            <input
              type="radio"
              name={name}
              value={kind}
              checked={value === kind}
              onChange={() => onChange(kind)}
              className="sr-only"
            />
            <Icon className="size-6 shrink-0" aria-hidden="true" />
            <span>
              <span className="block font-semibold">{t(`kinds.${kind}`)}</span>
              <span className="block text-sm text-muted">{form(`kindHints.${kind}`)}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
