import { expect, test } from "vitest";
import { parseOsRelease } from "./distribution.ts";

test("Debian and Ubuntu are read from os-release", () => {
  const debian =
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian\n';
  expect(parseOsRelease(debian)).toEqual({
    id: "debian",
    version: "12",
    codename: "bookworm",
    label: "Debian 12",
    slug: "debian12",
  });
  const ubuntu = 'ID_LIKE=debian\nID=ubuntu\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\n';
  expect(parseOsRelease(ubuntu)).toMatchObject({ label: "Ubuntu 24.04", slug: "ubuntu24.04" });
});

test.each(["", "ID=fedora\nVERSION_ID=41\n", "ID_LIKE=debian\n"])("anything else is refused: %j", (text) => {
  expect(() => parseOsRelease(text)).toThrow("Debian's or Ubuntu's packages");
});
