import { expect, it } from "vitest";
import { requireStrongPassword } from "@/lib/accounts/password-rules";

const owner = { email: "mira.kim@normaldance.test", name: "Мира Кимовна" };

it.each([
  ["one of the most common", "password1"],
  ["one of them in capitals", "PassWord1"],
  ["one of them with spaces around", " password1 "],
  ["one of them in wide letters", "ｐａｓｓｗｏｒｄ１"],
  ["one of them typed with the Russian layout on", "зфыыцщкв"],
  ["the product's name", "NormalDance"],
  ["the user's address", "Mira.Kim@normaldance.test"],
  ["the user's address up to the @", "mira.kim"],
  ["the user's name", "мира кимовна"],
  ["the product's name, in wide letters", "ＮｏｒｍａｌＤａｎｃｅ"],
  ["the same character over and over", "ЪЪЪЪЪЪЪЪЪЪ"],
  ["two characters in turn", "xyxyxyxyxyxy"],
])("rejects %s", async (_, password) => {
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
])("accepts %j", async (password) => {
  await expect(requireStrongPassword(password, owner)).resolves.toBeUndefined();
});
