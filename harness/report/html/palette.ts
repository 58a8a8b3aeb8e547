/** Colours of the page by what they mean. A test holds every text pair to a contrast of 4.5 : 1 (WCAG 2.2, AA). */
export interface Palette {
  readonly paper: string;
  /** Slightly apart from the paper: code, tables' heads. */
  readonly panel: string;
  readonly line: string;
  readonly ink: string;
  readonly muted: string;
  readonly good: string;
  readonly goodTint: string;
  readonly bad: string;
  readonly badTint: string;
  readonly unsure: string;
  readonly unsureTint: string;
  readonly fault: string;
  readonly step: string;
  readonly link: string;
}

export const LIGHT: Palette = {
  paper: "#ffffff",
  panel: "#f5f6f7",
  line: "#d9dde1",
  ink: "#1b2025",
  muted: "#59626c",
  good: "#176f38",
  goodTint: "#eef7f1",
  bad: "#b3261e",
  badTint: "#fcf0ef",
  unsure: "#7d5300",
  unsureTint: "#fbf5e6",
  fault: "#c2560c",
  step: "#3b62a8",
  link: "#1f56a8",
};

export const DARK: Palette = {
  paper: "#15181b",
  panel: "#1e2226",
  line: "#363c43",
  ink: "#e4e7ea",
  muted: "#a0a9b2",
  good: "#5cc388",
  goodTint: "#17251d",
  bad: "#ff8d82",
  badTint: "#2c1a19",
  unsure: "#e3b34f",
  unsureTint: "#29220f",
  fault: "#f0995a",
  step: "#86a9ea",
  link: "#8db4f2",
};

/** `--good-tint: #…;` and so on. */
export function cssVariables(palette: Palette): string {
  return Object.entries(palette)
    .map(([name, value]) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}:${value};`)
    .join("");
}
