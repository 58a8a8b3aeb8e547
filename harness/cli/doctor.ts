import { runDoctor } from "../doctor/run-doctor.ts";
import { type Command, parseFlags } from "./command.ts";

const usage = "doctor [--fix] [--yes] [--json]";

export const command: Command = {
  usage,
  summary: "what this machine has and lacks; --fix installs what is missing",
  run: async (args) => {
    const { values } = parseFlags(usage, args, {
      fix: { type: "boolean", default: false },
      yes: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    });
    return runDoctor(values);
  },
};
