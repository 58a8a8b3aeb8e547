import { describe, expect, test } from "vitest";
import { DARK, LIGHT } from "./palette.ts";

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

describe.each([
  ["light", LIGHT],
  ["dark", DARK],
])("%s", (_, palette) => {
  const texts = ["ink", "muted", "good", "bad", "unsure", "link"] as const;
  const grounds = ["paper", "panel", "goodTint", "badTint", "unsureTint"] as const;
  test.each(texts.flatMap((text) => grounds.map((ground) => [text, ground] as const)))(
    "%s on %s can be read",
    (text, ground) => {
      expect(contrast(palette[text], palette[ground])).toBeGreaterThanOrEqual(4.5);
    },
  );

  test.each(["fault", "step"] as const)("%s stands out from the paper", (name) => {
    expect(contrast(palette[name], palette.paper)).toBeGreaterThanOrEqual(3);
  });
});
