import type { paths } from "./schema.js";

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** The paths that have a method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never;
}[keyof paths];

/** What the document says of a method at a path. */
export type Operation<M extends Method, P extends PathOf<M>> = paths[P] extends Record<M, infer O> ? O : never;

type Parameters<O, In extends string> = O extends { parameters: Partial<Record<In, infer V>> }
  ? [V] extends [never] ? undefined : V
  : undefined;
type Content<B> = B extends { content: Record<string, infer T> } ? T : undefined;
type Body<O> = O extends { requestBody: infer B } ? Content<B>
  : O extends { requestBody?: infer B } ? Content<NonNullable<B>> | undefined
  : undefined;
type Field<Name extends string, V> = [V] extends [undefined] ? { [K in Name]?: never }
  : undefined extends V ? { [K in Name]?: Exclude<V, undefined> }
  : Partial<V> extends V ? { [K in Name]?: V }
  : { [K in Name]: V };

/** What every request can say. */
export interface Options {
  /** Ends the request, and the waits between its attempts. */
  signal?: AbortSignal;
  /** For a change: the `etag` that you read; it is refused (`stale`) if there is a newer version. */
  ifMatch?: string;
  /** For a POST: your own key, so that it is done once although your program ends in between. */
  idempotencyKey?: string;
}

/** What a request takes: `path`, `query` and `body` as the document says. */
export type Request<M extends Method, P extends PathOf<M>> = Options
  & Field<"path", Parameters<Operation<M, P>, "path">>
  & Field<"query", Parameters<Operation<M, P>, "query">>
  & Field<"body", Body<Operation<M, P>>>;

type Success<R> = { [S in keyof R]: S extends 200 | 201 | 202 ? (R[S] extends { content: Record<string, infer T> } ? T : undefined)
  : S extends 204 ? undefined : never }[keyof R];

/** What an operation answers when it was done. */
export type Result<M extends Method, P extends PathOf<M>> = Operation<M, P> extends { responses: infer R } ? Success<R> : never;

/** What was answered, with its version. */
export interface Answer<T> {
  readonly data: T;
  readonly status: number;
  /** The version of `data`, for `ifMatch`; undefined for what has none. */
  readonly etag: string | undefined;
}

/** The paths of lists. */
export type ListPath = { [P in PathOf<"get">]: Result<"get", P> extends { data: readonly unknown[] } ? P : never }[PathOf<"get">];

/** What a list has. */
export type Entry<P extends ListPath> = Result<"get", P> extends { data: readonly (infer T)[] } ? T : never;
