"use client";

import { Mail, Send, Share2, Users } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button, buttonVariants } from "./button";
import { CopyButton } from "./copy-button";
import { Dialog } from "./dialog";
import { useMounted } from "./use-mounted";

interface Props {
  /** Of the page that is shared. */
  path: string;
  title: string;
  size?: "normal" | "large";
}

/** Opens a sheet with the page's address and where to send it. Not rendered without JavaScript. */
export function ShareButton({ path, title, size = "normal" }: Props) {
  const t = useTranslations("share");
  const [isOpen, setOpen] = useState(false);
  if (!useMounted()) return null;
  return (
    <>
      <Button look="quiet" size={size} onClick={() => setOpen(true)} aria-haspopup="dialog">
        <Share2 className="size-4" aria-hidden="true" />
        {t("action")}
      </Button>
      {isOpen ? (
        <ShareSheet url={new URL(path, location.origin).href} title={title} onClose={() => setOpen(false)} />
      ) : null}
    </>
  );
}

interface SheetProps {
  url: string;
  title: string;
  onClose: () => void;
}

function ShareSheet({ url, title, onClose }: SheetProps) {
  const t = useTranslations("share");
  const query = (params: Record<string, string>) => new URLSearchParams(params).toString();
  // Mail programs show a plus sign where a query has a blank.
  const mail = `subject=${encodeURIComponent(title)}&body=${encodeURIComponent(url)}`;
  const targets = [
    { Icon: Send, label: t("telegram"), href: `https://t.me/share/url?${query({ url, text: title })}` },
    { Icon: Users, label: t("vk"), href: `https://vk.com/share.php?${query({ url, title })}` },
    { Icon: Mail, label: t("mail"), href: `mailto:?${mail}` },
  ];
  return (
    <Dialog title={t("title")} onClose={onClose}>
      {() => (
        <>
          <p className="mb-2 text-sm text-muted">{t("address")}</p>
          <div className="flex items-center gap-2">
            <output className="min-w-0 flex-1 truncate rounded-xl border border-line bg-ground/70 px-3 py-2.5 text-sm select-all">
              {url}
            </output>
            <CopyButton text={url} label={t("copy")} />
          </div>
          <ul className="mt-5 grid gap-2 sm:grid-cols-3">
            {targets.map(({ Icon, label, href }) => (
              <li key={label}>
                <a
                  href={href}
                  target="_blank"
                  rel="noopener noreferrer"
                  className={buttonVariants({ look: "quiet", className: "w-full" })}
                >
                  <Icon className="size-4" aria-hidden="true" />
                  {label}
                </a>
              </li>
            ))}
          </ul>
          {"share" in navigator ? (
            <Button look="plain" className="mt-2 w-full" onClick={() => void shareByDevice({ url, title })}>
              <Share2 className="size-4" aria-hidden="true" />
              {t("device")}
            </Button>
          ) : null}
        </>
      )}
    </Dialog>
  );
}

/** The device's own sheet; closing it is no error. */
async function shareByDevice(data: ShareData): Promise<void> {
  await navigator.share(data).catch(() => undefined);
}
