import { describe, expect, it } from "vitest";
import { FiredrillError } from "../error.ts";
import { parseRunOptions } from "./options.ts";

const parse = (...argv: string[]) => parseRunOptions(argv, () => 7);
const errorOf = (...argv: string[]): FiredrillError => {
  try {
    parse(...argv);
  } catch (error) {
    return error as FiredrillError;
  }
  throw new Error("no error");
};

describe("a scenario's flags", () => {
  it("default to one trial on sim with a new seed", () => {
    expect(parse()).toEqual({
      tier: "sim",
      seed: 7,
      trials: 1,
      control: "none",
      keep: false,
      reuse: false,
      json: false,
      dryRun: false,
      help: false,
    });
  });

  it("are read in both spellings", () => {
    expect(
      parse("--tier=compose", "--seed", "42", "--trials=3", "--control", "placebo", "--keep"),
    ).toMatchObject({
      tier: "compose",
      seed: 42,
      trials: 3,
      control: "placebo",
      keep: true,
    });
  });

  it.each([
    [["--teir", "compose"], "--tier"],
    [["--tier", "compos"], "--tier compose"],
    [["--control", "no-runbok"], "--control no-runbook"],
  ])("suggest the nearest: %j", (argv, nearest) => {
    const error = errorOf(...argv);
    expect(error.code).toBe("USAGE_FLAG");
    expect(error.hint).toContain(nearest);
  });

  it("keep clusters warm where there are any", () => {
    expect(parse("--tier", "k3d", "--reuse")).toMatchObject({ tier: "k3d", reuse: true });
  });

  it.each(["sim", "compose"])("refuse --reuse on %s", (tier) => {
    const error = errorOf("--reuse", "--tier", tier);
    expect(error).toMatchObject({ code: "USAGE_FLAG", received: `--reuse --tier ${tier}` });
    expect(error.hint).toContain("leave --reuse out");
  });

  it.each([["--seed", "-1"], ["--seed", "1.5"], ["--trials", "0"], ["--trials", "many"], ["stray"]])(
    "refuse %s %s",
    (...argv) => {
      expect(errorOf(...argv).code).toBe("USAGE_FLAG");
    },
  );
});
