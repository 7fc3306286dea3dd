import { describe, expect, it } from "vitest";
import { passwordStrength } from "@/app/_ui/forms/password-strength";

describe("the strength hint", () => {
  it("counts length for any characters", () => {
    expect(passwordStrength("seven77")).toBe(0);
    expect(passwordStrength("ёж на крыше поёт ночью")).toBe(4);
    expect(passwordStrength("copper lantern tuesday")).toBe(4);
    expect(passwordStrength("🎹🎹🎹🎹🎹🎹🎹")).toBe(0);
  });

  it.each([
    ["common words", "normaldance1"],
    ["common words with the characters that rules require", "Password1!"],
    ["the Russian layout", "йцукен12"],
    ["repeats", "aaaaaaaaaaaaaaaa"],
    ["runs", "abcdefgh12345678"],
    ["a few characters again and again", "xkxkxkxkxkxkxk"],
  ])("does not count %s", (_, password) => {
    expect(passwordStrength(password)).toBe(1);
  });

  it("does not count what is known about the user", () => {
    expect(passwordStrength("miraculous42x")).toBeGreaterThan(
      passwordStrength("miraculous42x", ["miraculous@x.test"]),
    );
  });
});
