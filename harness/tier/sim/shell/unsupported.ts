/** A command or option that the model can't answer. It ends the step: a made-up answer would be worse than none. */
export class Unsupported extends Error {
  override readonly name = "Unsupported";

  constructor(what: string) {
    super(
      `firedrill: the sim tier can't answer "${what}"; run this on the compose tier, or write the step without it`,
    );
  }
}
