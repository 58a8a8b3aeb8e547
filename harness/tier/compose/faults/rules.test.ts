import { expect, test } from "vitest";
import { addChains, familyOf, removeRules } from "./rules.ts";

test("an address or a network belongs to the tables of its family; other text never reaches a shell", () => {
  expect(familyOf("10.42.1.7")).toBe("iptables");
  expect(familyOf("10.42.1.0/24")).toBe("iptables");
  expect(familyOf("fd00::/64")).toBe("ip6tables");
  for (const text of ["", "web", "10.42.1.0/24; reboot", "10.42.1.0/2444"]) {
    expect(() => familyOf(text)).toThrow(expect.objectContaining({ code: "BUG" }));
  }
});

test("what is passed on is seen as it comes in and as it goes out, in chains that the removal finds", () => {
  const hooks = ["FIN", "FOUT"] as const;
  const script = addChains(
    "0123abcd",
    hooks.map((hook) => ({ family: "iptables", hook, rules: ["-j DROP"] })),
  );
  expect(script).toContain("iptables -w -t filter -I FORWARD 1 -j FD-0123abcd-FIN");
  expect(script).toContain("iptables -w -t filter -I FORWARD 1 -j FD-0123abcd-FOUT");
  const pattern = /\^-N \\\((.*)\\\)\$/.exec(removeRules("0123abcd"))?.[1] ?? "";
  for (const hook of hooks) expect(`FD-0123abcd-${hook}`).toMatch(new RegExp(`^${pattern}$`));
});
