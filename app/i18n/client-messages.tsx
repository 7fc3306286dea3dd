import { getMessages } from "next-intl/server";
import type { ReactNode } from "react";
import { AddedMessages } from "./added-messages";
import type { Messages } from "./catalogue";

export type Namespace = keyof Messages;

interface Props {
  namespaces: readonly Namespace[];
  children: ReactNode;
}

/**
 * The texts of client components inside it, beside those that are there already. A page carries its own words and not
 * the whole catalogue; a test compares them with what its client components use.
 */
export async function ClientMessages({ namespaces, children }: Props) {
  return <AddedMessages messages={await pickMessages(namespaces)}>{children}</AddedMessages>;
}

/** @returns a layout that adds texts to its pages, their skeletons and their errors */
export function layoutWithMessages(...namespaces: Namespace[]) {
  return ({ children }: { children: ReactNode }) => (
    <ClientMessages namespaces={namespaces}>{children}</ClientMessages>
  );
}

export async function pickMessages(namespaces: readonly Namespace[]): Promise<Partial<Messages>> {
  const all = await getMessages();
  return Object.fromEntries(namespaces.map((namespace) => [namespace, all[namespace]]));
}
