import { wait } from "./waiting.js";
import { Newest, POSITION } from "./position.js";
import { ProblemError, problemOf } from "./problem.js";
import type { Answer, Entry, ListPath, Method, Options, PathOf, Request, Result } from "./types.js";

export { ProblemError, type FieldError } from "./problem.js";
export type { Answer, Entry, ListPath, Method, Options, PathOf, Request, Result } from "./types.js";
export type { components, operations, paths } from "./schema.js";

export interface Settings {
  /** Where the platform is, with the path in front of `/v1` if there is one. */
  baseUrl: string;
  /** A session token or an API key; nobody without it. */
  token?: string | undefined;
  /** How long one attempt may take, its answer included. */
  timeoutMs?: number;
  /** How often a request is sent again at most. */
  retries?: number;
  /** How long it waits before that at most; an answer that asks for more is thrown. */
  longestWaitMs?: number;
  fetch?: typeof fetch;
}

interface Given extends Options {
  path?: Record<string, string>;
  query?: Record<string, string | number | boolean | null | undefined>;
  body?: unknown;
}

const FIRST_WAIT_MS = 250;
const NOT_DONE = new Set(["too_many_requests", "unavailable", "schema_pending", "request_timeout"]);
const PERHAPS_DONE = new Set(["outcome_unknown", "idempotency_key_in_flight", "unexpected_answer", "unanswered"]);
const BETWEEN = new Set([502, 503, 504]);

/** A Freehold that runs elsewhere. Paths, parameters and answers are typed by its OpenAPI document. */
export class Freehold {
  readonly #settings: Required<Omit<Settings, "token">>;
  readonly #token: string | undefined;
  /** Shared with what is made from it, so that a program never reads from before its own writes. */
  #newest = new Newest();

  constructor(settings: Settings) {
    const url = new URL(settings.baseUrl);
    if (!/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
      throw new TypeError("baseUrl must be an http or https address without a user, query string or fragment");
    }
    if (settings.token !== undefined && !/^[!-~]+$/.test(settings.token)) {
      throw new TypeError("A token is printable ASCII without spaces: pass the token alone, without 'Bearer'");
    }
    this.#token = settings.token;
    this.#settings = {
      baseUrl: url.href.replace(/\/+$/, ""),
      timeoutMs: settings.timeoutMs ?? 30_000,
      retries: settings.retries ?? 3,
      longestWaitMs: settings.longestWaitMs ?? 30_000,
      fetch: settings.fetch ?? fetch,
    };
  }

  get baseUrl(): string {
    return this.#settings.baseUrl;
  }

  /** The same platform, as whoever has this token sees it. */
  withToken(token: string | undefined): Freehold {
    const made = new Freehold({ ...this.#settings, token });
    made.#newest = this.#newest;
    return made;
  }

  /** The position of the newest write; undefined before one, and without replicas. Reads here are never older than it. */
  get position(): string | undefined {
    return this.#newest.position;
  }

  /** The same platform for somebody whose last write has this position, as another process had it. */
  since(position: string | undefined): Freehold {
    const made = this.withToken(this.#token);
    made.#newest = new Newest(position);
    return made;
  }

  get<P extends PathOf<"get">>(path: P, request: Request<"get", P>): Promise<Answer<Result<"get", P>>> {
    return this.#send("get", path, request as Given);
  }

  post<P extends PathOf<"post">>(path: P, request: Request<"post", P>): Promise<Answer<Result<"post", P>>> {
    return this.#send("post", path, request as Given);
  }

  put<P extends PathOf<"put">>(path: P, request: Request<"put", P>): Promise<Answer<Result<"put", P>>> {
    return this.#send("put", path, request as Given);
  }

  patch<P extends PathOf<"patch">>(path: P, request: Request<"patch", P>): Promise<Answer<Result<"patch", P>>> {
    return this.#send("patch", path, request as Given);
  }

  delete<P extends PathOf<"delete">>(path: P, request: Request<"delete", P>): Promise<Answer<Result<"delete", P>>> {
    return this.#send("delete", path, request as Given);
  }

  /** Every entry of a list, page after page; each page is asked for when you come to it. */
  async *list<P extends ListPath>(path: P, request: Request<"get", P>): AsyncGenerator<Entry<P>, void, undefined> {
    const given = request as Given;
    let cursor: string | undefined;
    do {
      const query = cursor === undefined ? given.query : { ...given.query, cursor };
      const page = await this.#send<{ data: Entry<P>[]; next_cursor?: string | null }>("get", path, { ...given, query: query ?? {} });
      yield* page.data.data;
      cursor = page.data.next_cursor ?? undefined;
    } while (cursor !== undefined);
  }

  async #send<T>(method: Method, template: string, request: Given): Promise<Answer<T>> {
    const url = this.#address(template, request);
    const init = this.#init(method, request);
    const repeatable = method === "post" || (method !== "patch" && request.ifMatch === undefined);
    for (let attempt = 0; ; attempt += 1) {
      const came = await this.#attempt<T>(method, url, init, request.signal);
      if (!(came instanceof ProblemError)) return came;
      if (came.code === "outcome_unknown" || (method !== "get" && came.code === "unexpected_answer")) this.#newest.forget();
      const again = isSurelyNotDone(came) || (repeatable && isPerhapsDone(came));
      const asked = (came.retryAfterSeconds ?? 0) * 1000;
      if (!again || attempt >= this.#settings.retries || asked > this.#settings.longestWaitMs) throw came;
      const pause = Math.min(FIRST_WAIT_MS * 2 ** attempt, this.#settings.longestWaitMs) * (0.5 + Math.random() / 2);
      await wait(Math.max(asked, pause), request.signal);
    }
  }

  async #attempt<T>(method: Method, url: URL, init: RequestInit, signal?: AbortSignal): Promise<Answer<T> | ProblemError> {
    const limit = AbortSignal.timeout(this.#settings.timeoutMs);
    try {
      const answer = await this.#settings.fetch(url, { ...init, signal: signal ? AbortSignal.any([signal, limit]) : limit });
      this.#newest.take(answer.headers.get(POSITION));
      if (!answer.ok) return await problemOf(answer, secondsOf(answer));
      const text = await answer.text();
      const data = (text === "" ? undefined : JSON.parse(text)) as T;
      return { data, status: answer.status, etag: answer.headers.get("etag") ?? undefined };
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof SyntaxError) {
        return new ProblemError("not_json", `${url.host} did not answer with JSON: check the address`, 0, undefined, [], undefined);
      }
      const [code, what] = method === "get"
        ? ["unanswered", "Nothing was changed: try again in a moment"]
        : ["outcome_unknown", "This may be stored, and may not be: look before you repeat it, or repeat it with the same idempotencyKey"];
      return new ProblemError(code, `${url.host} did not answer. ${what}`, 0, undefined, [], undefined, { cause: error });
    }
  }

  #address(template: string, request: Given): URL {
    const path = template.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = request.path?.[name] ?? "";
      if (value === "" || value === "." || value === "..") throw new TypeError(`${name} must name something, not '${value}'`);
      return encodeURIComponent(value);
    });
    const url = new URL(this.#settings.baseUrl + path);
    for (const [name, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined && value !== null) url.searchParams.set(name, String(value));
    }
    return url;
  }

  #init(method: Method, request: Given): RequestInit {
    const headers = new Headers({ accept: "application/json" });
    if (this.#token !== undefined) headers.set("authorization", `Bearer ${this.#token}`);
    if (method === "get" && this.position !== undefined) headers.set(POSITION, this.position);
    if (request.ifMatch !== undefined) headers.set("if-match", request.ifMatch);
    if (method === "post") headers.set("idempotency-key", request.idempotencyKey ?? crypto.randomUUID());
    const init: RequestInit = { method: method.toUpperCase(), headers, redirect: method === "get" ? "follow" : "manual" };
    if (request.body !== undefined) {
      headers.set("content-type", method === "patch" ? "application/merge-patch+json" : "application/json");
      init.body = JSON.stringify(request.body);
    }
    return init;
  }
}

function isSurelyNotDone(problem: ProblemError): boolean {
  return NOT_DONE.has(problem.code) || problem.status === 429;
}

function isPerhapsDone(problem: ProblemError): boolean {
  return PERHAPS_DONE.has(problem.code) && (problem.code !== "unexpected_answer" || BETWEEN.has(problem.status));
}

function secondsOf(answer: Response): number | undefined {
  const text = answer.headers.get("retry-after");
  if (text === null) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const ahead = (Date.parse(text) - Date.now()) / 1000;
  return Number.isNaN(ahead) ? undefined : Math.max(0, Math.ceil(ahead));
}
