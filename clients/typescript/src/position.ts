export const POSITION = "freehold-position";

/** The position of the newest write that was answered. Without one, reads see what is stored when they ask. */
export class Newest {
  #text: string | undefined;

  constructor(text?: string) {
    if (text !== undefined && !/^[!-~]+$/.test(text)) {
      throw new TypeError("A position is printable ASCII without spaces: pass what `position` gave");
    }
    this.#text = text;
  }

  get position(): string | undefined {
    return this.#text;
  }

  /** Notes the position in an answer, if it has one; of two writes at once, that of the later one counts. */
  take(answered: string | null): void {
    if (answered === null) return;
    const [old, fresh] = [parts(this.#text), parts(answered)];
    if (old === undefined || fresh === undefined || isBehind(old, fresh)) this.#text = answered;
  }

  /** Notes a write that was not answered, so that nobody knows its position. */
  forget(): void {
    this.#text = undefined;
  }
}

type Parts = readonly [timeline: bigint, lsn: bigint];

function parts(text: string | undefined): Parts | undefined {
  const found = /^([0-9A-F]{1,16})-([0-9A-F]{1,16})$/i.exec(text ?? "");
  return found ? [BigInt(`0x${found[1] ?? ""}`), BigInt(`0x${found[2] ?? ""}`)] : undefined;
}

function isBehind(old: Parts, fresh: Parts): boolean {
  return old[0] === fresh[0] ? old[1] < fresh[1] : old[0] < fresh[0];
}
