import { expect, it } from "vitest";
import { requireStrongPassword } from "@/lib/accounts/password-rules";

const owner = { email: "mira.kim@normaldance.test", name: "Мира Кимовна" };

it.each([
  ["one of the most common", "password1"],
  ["one of them in capitals", "PassWord1"],
  ["one of them with spaces around", " password1 "],
  ["one of them typed with the Russian layout on", "зфыыцщкв"],
  ["the house's name", "NormalDance"],
  ["one's address", "Mira.Kim@normaldance.test"],
  ["one's address up to the @", "mira.kim"],
  ["one's name", "мира кимовна"],
  ["the same character over and over", "ЪЪЪЪЪЪЪЪЪЪ"],
  ["two in turn", "xyxyxyxyxyxy"],
])("refuses %s", async (_, password) => {
  await expect(requireStrongPassword(password, owner, "newPassword")).rejects.toMatchObject({
    code: "bad_request",
    messageKey: "password_common",
    field: "newPassword",
  });
});

it.each([
  "correct horse",
  "a long enough password",
  "тихий дом у реки",
  "mira.kim and a dog",
  "🎧🥁🎹 🎷🎺🎸",
])("takes %j", async (password) => {
  await expect(requireStrongPassword(password, owner)).resolves.toBeUndefined();
});
