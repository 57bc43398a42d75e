import type { components } from "./schema.js";

/** One failing field: where it is (a JSON pointer), a stable code, and what would be accepted. */
export type FieldError = components["schemas"]["FieldError"];

/** What went wrong, by a stable `code`. The wording of `message` may change. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";

  constructor(
    /** Stable and documented: write your program against it. */
    readonly code: string,
    detail: string,
    /** Of the answer; 0 where there was none. */
    readonly status: number,
    /** The id of the request in the server's log. */
    readonly requestId: string | undefined,
    /** Every failing field. */
    readonly errors: readonly FieldError[],
    /** How long to wait before you try again. */
    readonly retryAfterSeconds: number | undefined,
    options?: ErrorOptions,
  ) {
    super(detail, options);
  }
}

/** Reads an answer that refuses; what is not Freehold's own words has the code `unexpected_answer`. */
export async function problemOf(answer: Response, seconds: number | undefined): Promise<ProblemError> {
  const text = await answer.text();
  const said = answer.headers.get("content-type")?.startsWith("application/problem+json") ? parsed(text) : undefined;
  if (said === undefined) {
    const detail = `${new URL(answer.url || "http://unknown").host} answered ${String(answer.status)} without a problem document: check the address`;
    return new ProblemError("unexpected_answer", detail, answer.status, undefined, [], seconds);
  }
  return new ProblemError(said.code, said.detail, answer.status, said.request_id, said.errors ?? [], seconds);
}

function parsed(text: string): components["schemas"]["Problem"] | undefined {
  try {
    const found = JSON.parse(text) as Partial<components["schemas"]["Problem"]> | null;
    return typeof found?.code === "string" ? { ...empty, ...found } : undefined;
  } catch {
    return undefined;
  }
}

const empty = { type: "", title: "", status: 0, detail: "", code: "", request_id: "" };
