import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { inspect } from "node:util";
import { Freehold, ProblemError } from "../src/index.js";

const PASSWORD = "Lovelace1";

describe("on a running server", { skip: process.env["FREEHOLD_URL"] === undefined && "FREEHOLD_URL names no server" }, () => {
  const nobody = new Freehold({ baseUrl: process.env["FREEHOLD_URL"] ?? "http://localhost" });
  let ada = nobody;

  before(async () => {
    await nobody.post("/v1/users", { body: { username: "ada", email: "ada@example.com", password: PASSWORD } });
    const { data } = await nobody.post("/v1/sessions", { body: { login: "ada", password: PASSWORD } });
    ada = nobody.withToken(data.token);
    await ada.post("/v1/organizations", { body: { name: "Acme" } });
  });

  test("a list is read to its end, page after page", async () => {
    for (const name of ["Saturn", "Juno", "Sirius"]) {
      const made = await ada.post("/v1/organizations/{organization}/projects", { path: { organization: "acme" }, body: { name } });
      assert.equal(made.status, 201);
    }
    const names: string[] = [];
    for await (const project of ada.list("/v1/organizations/{organization}/projects", { path: { organization: "acme" }, query: { limit: 2, sort: "name" } })) {
      names.push(project.name);
    }
    assert.deepEqual(names, ["Juno", "Saturn", "Sirius"]);
  });

  test("a change on an old version is refused", async () => {
    const path = { organization: "acme" };
    const read = await ada.get("/v1/organizations/{organization}", { path });
    assert.ok(read.etag);
    const changed = await ada.patch("/v1/organizations/{organization}", { path, body: { name: "Apex" }, ifMatch: read.etag });
    assert.equal(changed.data.name, "Apex");
    assert.notEqual(changed.etag, read.etag);
    await assert.rejects(
      ada.patch("/v1/organizations/{organization}", { path, body: { name: "Acme" }, ifMatch: read.etag }),
      { name: "ProblemError", code: "stale", status: 412 },
    );
  });

  test("a refusal has its code, its fields and the id of the request", async () => {
    await assert.rejects(ada.post("/v1/organizations", { body: { name: "Other", slug: "acme" } }), (error: unknown) => {
      assert.ok(error instanceof ProblemError);
      assert.deepEqual([error.code, error.status], ["slug_taken", 409]);
      assert.ok(error.requestId);
      return true;
    });
    await assert.rejects(ada.post("/v1/organizations", { body: { name: "" } }), (error: unknown) => {
      assert.ok(error instanceof ProblemError);
      assert.deepEqual(error.errors.map((each) => each.pointer), ["/name"]);
      return true;
    });
  });

  test("the same key does it once", async () => {
    const once = { body: { name: "Once" }, idempotencyKey: crypto.randomUUID() };
    const [first, second] = [await ada.post("/v1/organizations", once), await ada.post("/v1/organizations", once)];
    assert.equal(first.data.id, second.data.id);
  });

  test("an old slug leads on, and what is deleted is gone", async () => {
    const { data } = await ada.post("/v1/organizations", { body: { name: "Old" } });
    await ada.patch("/v1/organizations/{organization}", { path: { organization: "old" }, body: { slug: "anew" } });
    assert.equal((await ada.get("/v1/organizations/{organization}", { path: { organization: "old" } })).data.id, data.id);
    assert.equal((await ada.delete("/v1/organizations/{organization}", { path: { organization: "anew" } })).status, 204);
    await assert.rejects(ada.get("/v1/organizations/{organization}", { path: { organization: "anew" } }), { code: "not_found" });
  });
});

describe("when things break", () => {
  const seen: IncomingMessage[] = [];
  let answers: RequestListener[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    (answers.shift() ?? done)(request, response);
  });
  let client = new Freehold({ baseUrl: "http://localhost", token: "fh_secret" });

  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    client = new Freehold({ baseUrl: `http://127.0.0.1:${String(port)}/prefix`, token: "fh_secret", longestWaitMs: 20 });
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const done: RequestListener = (_, response) => response.writeHead(200, { "content-type": "application/json" }).end("{}");
  const cut: RequestListener = (request) => request.socket.destroy();
  const proxy: RequestListener = (_, response) => response.writeHead(502).end("<html>");
  const problem = (status: number, code: string, headers = {}): RequestListener => (_, response) =>
    response.writeHead(status, { "content-type": "application/problem+json", ...headers }).end(JSON.stringify({ code, detail: "No." }));
  const path = { organization: "acme" };
  const calls = {
    read: () => client.get("/v1/organizations/{organization}", { path }),
    make: () => client.post("/v1/organizations", { body: { name: "Acme" } }),
    patch: () => client.patch("/v1/organizations/{organization}", { path, body: { name: "Acme" } }),
    remove: () => client.delete("/v1/organizations/{organization}", { path }),
    versioned: () => client.delete("/v1/organizations/{organization}", { path, ifMatch: '"1"' }),
  };
  const broken: [string, RequestListener, boolean][] = [
    ["cut", cut, true],
    ["proxy", proxy, true],
    ["outcome_unknown", problem(503, "outcome_unknown"), true],
    ["unavailable", problem(503, "unavailable"), false],
    ["too_many_requests", problem(429, "too_many_requests", { "retry-after": "0" }), false],
  ];

  for (const [what, answer, perhapsDone] of broken) {
    for (const [name, call] of Object.entries(calls)) {
      const again = !perhapsDone || ["read", "make", "remove"].includes(name);
      test(`${what} on ${name} is ${again ? "" : "not "}sent again`, async () => {
        seen.length = 0;
        answers = [answer, done];
        if (again) await call();
        else await assert.rejects(call(), ProblemError);
        assert.equal(seen.length, again ? 2 : 1);
        assert.equal(new Set(seen.map((each) => each.headers["idempotency-key"])).size, 1);
      });
    }
  }

  test("a read brings the position of the newest write, whoever of the same program wrote", async () => {
    const at = (position: string): RequestListener => (_, response) =>
      response.writeHead(200, { "content-type": "application/json", "freehold-position": position }).end("{}");
    seen.length = 0;
    answers = [done, at("1-FF"), done, at("2-1"), at("1-FFF"), done, at("now"), done];
    await calls.read();
    await calls.make();
    await calls.read();
    await client.withToken("other").post("/v1/organizations", { body: { name: "Other" } });
    await calls.make();
    await calls.read();
    await calls.make();
    await calls.read();
    const sent = seen.map((each) => each.headers["freehold-position"]);
    assert.deepEqual(sent, [undefined, undefined, "1-FF", undefined, undefined, "2-1", undefined, "now"]);
    assert.equal(client.position, "now");
    assert.equal(client.since("1-2").position, "1-2");
    assert.throws(() => client.since("1-2\r\nx: y"), TypeError);
  });

  test("after a change that nobody confirmed, reads see what is stored", async () => {
    seen.length = 0;
    answers = [cut, done];
    await assert.rejects(calls.patch(), { code: "outcome_unknown" });
    assert.equal(client.position, undefined);
    await calls.read();
    assert.equal(seen[1]?.headers["freehold-position"], undefined);
  });

  test("retries end, and a change that nobody confirms may be stored", async () => {
    seen.length = 0;
    answers = [cut, cut, cut, cut];
    await assert.rejects(calls.make(), { code: "outcome_unknown" });
    assert.equal(seen.length, 4);
  });

  test("a wait that is too long is thrown", async () => {
    answers = [problem(429, "too_many_requests", { "retry-after": "60" })];
    await assert.rejects(calls.read(), { code: "too_many_requests", retryAfterSeconds: 60 });
  });

  test("a server that hangs is given up", async () => {
    const hasty = new Freehold({ baseUrl: client.baseUrl, timeoutMs: 50, retries: 0 });
    answers = [() => undefined];
    await assert.rejects(hasty.get("/v1/users", {}), { code: "unanswered" });
  });

  test("the caller's signal ends it", async () => {
    answers = [() => undefined];
    await assert.rejects(client.get("/v1/users", { signal: AbortSignal.timeout(20) }), { name: "TimeoutError" });
  });

  test("names that would lead elsewhere are refused", () => {
    assert.throws(() => new Freehold({ baseUrl: "ftp://example.com" }), TypeError);
    assert.throws(() => new Freehold({ baseUrl: "http://a:b@example.com" }), TypeError);
    assert.throws(() => client.withToken("Bearer x"), TypeError);
    return assert.rejects(client.get("/v1/organizations/{organization}", { path: { organization: ".." } }), TypeError);
  });

  test("the token is shown nowhere", () => {
    assert.doesNotMatch(inspect(client, { depth: 9, showHidden: true }) + JSON.stringify(client), /fh_secret/);
  });
});
