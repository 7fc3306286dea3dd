"use client";

import { useRouter } from "next/navigation";
import { type ComponentType, useEffect, useEffectEvent, useState } from "react";
import type { MenuViewer } from "./menu-pages";
import { loadSearchMenu, onOpenSearchMenu } from "./open-search-menu";
import type { SearchMenuProps } from "./search-menu";

/** Whether the keys open the menu: ⌘K on Apple's systems, where Ctrl K deletes a line, and Ctrl K on others. */
function isShortcut(event: KeyboardEvent): boolean {
  const isApple = /Mac|iPhone|iPad/.test(navigator.platform);
  const modifier = isApple ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  // By its place: the letter is another one in a Russian layout.
  return modifier && !event.shiftKey && !event.altKey && event.code === "KeyK";
}

/** Opens the command menu for its buttons and keys. Renders nothing until then. */
export function SearchMenuHost({ viewer }: { viewer: MenuViewer | null }) {
  const router = useRouter();
  const [menu, setMenu] = useState<{ Menu: ComponentType<SearchMenuProps> } | null>(null);

  const open = useEffectEvent(() => {
    loadSearchMenu().then(
      (Menu) => setMenu({ Menu }),
      // Offline, or another version was deployed meanwhile.
      () => router.push("/search"),
    );
  });
  useEffect(() => onOpenSearchMenu(() => open()), []);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!isShortcut(event)) return;
      event.preventDefault();
      // Not over another dialog.
      if (document.querySelector("dialog[open]") === null) open();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);

  return menu ? <menu.Menu viewer={viewer} onClose={() => setMenu(null)} /> : null;
}
