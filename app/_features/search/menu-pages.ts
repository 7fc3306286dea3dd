import {
  BellIcon,
  BookOpen,
  CircleUserRound,
  Coins,
  Disc3,
  Gauge,
  LogIn,
  type LucideIcon,
  MessagesSquare,
  Plus,
  Receipt,
  ShoppingBag,
  Trophy,
} from "lucide-react";
import type { Role } from "@/lib/schemas/enums";

interface MenuPage {
  href: string;
  /** Key of its name in the shell's texts. */
  label: keyof typeof icons;
}

const icons = {
  feed: Disc3,
  chat: MessagesSquare,
  shop: ShoppingBag,
  leaderboard: Trophy,
  newPost: Plus,
  orders: Receipt,
  bonuses: Coins,
  notifications: BellIcon,
  account: CircleUserRound,
  signIn: LogIn,
  admin: Gauge,
  docs: BookOpen,
} as const satisfies Record<string, LucideIcon>;

export const menuIcon = (label: MenuPage["label"]): LucideIcon => icons[label];

export interface MenuViewer {
  /** Null while it is not known. */
  role: Role | null;
}

/** The pages that the menu leads to, as the navigation does. @param viewer  null: an anonymous visitor */
export function menuPages(viewer: MenuViewer | null): MenuPage[] {
  return [
    { href: "/", label: "feed" },
    { href: "/chat", label: "chat" },
    { href: "/shop", label: "shop" },
    { href: "/leaderboards", label: "leaderboard" },
    { href: "/posts/new", label: "newPost" },
    ...(viewer
      ? ([
          { href: "/orders", label: "orders" },
          { href: "/bonuses", label: "bonuses" },
          { href: "/notifications", label: "notifications" },
          { href: "/me", label: "account" },
        ] as const)
      : ([{ href: "/sign-in", label: "signIn" }] as const)),
    ...(viewer?.role === "admin" ? ([{ href: "/admin", label: "admin" }] as const) : []),
    ...(viewer?.role === "listener" ? [] : ([{ href: "/docs", label: "docs" }] as const)),
  ];
}

/** Whether a page's name has a word that begins with what was typed. */
export function matchesPage(name: string, query: string): boolean {
  const typed = fold(query);
  const folded = fold(name);
  return folded.startsWith(typed) || folded.split(/\s+/).some((word) => word.startsWith(typed));
}

const fold = (text: string) => text.normalize("NFC").toLowerCase().replaceAll("ё", "е");
