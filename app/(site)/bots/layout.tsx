import { BotTexts } from "@/app/_features/bots/bot-texts";

export default function BotsLayout({ children }: LayoutProps<"/bots">) {
  return <BotTexts>{children}</BotTexts>;
}
