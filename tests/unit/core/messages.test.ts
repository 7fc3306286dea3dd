import { expect, it } from "vitest";
import { accountMessages } from "@/lib/core/messages/account";
import { botMessages } from "@/lib/core/messages/bot";
import { chatMessages } from "@/lib/core/messages/chat";
import { mediaMessages } from "@/lib/core/messages/media";
import { mintingMessages } from "@/lib/core/messages/minting";
import { operatorMessages } from "@/lib/core/messages/operator";
import { requestMessages } from "@/lib/core/messages/request";
import { shopMessages } from "@/lib/core/messages/shop";

it("no message is in two areas, of which one would be ignored", () => {
  const keys = [
    ...[accountMessages, botMessages, chatMessages, mediaMessages],
    ...[mintingMessages, operatorMessages, requestMessages, shopMessages],
  ].flatMap((area) => Object.keys(area));
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});
