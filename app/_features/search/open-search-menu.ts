/** Between the buttons of the search and the menu, which is in no bundle of a page until it is opened. */

import type { ComponentType } from "react";
import { withOnDemandMessages } from "@/app/i18n/on-demand-messages";
import type { SearchMenuProps } from "./search-menu";

type Listener = () => void;

let listener: Listener | null = null;

/** @returns whether there is a menu to open; without one, the button's link leads to the page of the search */
export function openSearchMenu(): boolean {
  listener?.();
  return listener !== null;
}

/** @returns unregisters */
export function onOpenSearchMenu(open: Listener): () => void {
  listener = open;
  return () => {
    if (listener === open) listener = null;
  };
}

let loading: Promise<ComponentType<SearchMenuProps>> | null = null;

/** Loads the menu's script once; a failed load is tried again by the next call. */
export function loadSearchMenu(): Promise<ComponentType<SearchMenuProps>> {
  loading ??= withOnDemandMessages(import("./search-menu").then((module) => module.SearchMenu)).catch(
    (error: unknown) => {
      loading = null;
      throw error;
    },
  );
  return loading;
}
