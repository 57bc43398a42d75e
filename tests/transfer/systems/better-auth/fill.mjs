// Lets better-auth make its tables, and through its API the people and organizations that standard input lists.
//   ID       how ids are made: better-auth's own way (empty), "uuid" or "serial"
//   PLUGINS  those in use, of organization and username
import { text } from "node:stream/consumers";
import { betterAuth } from "better-auth";
import { organization, username } from "better-auth/plugins";
import { getMigrations } from "better-auth/db/migration";
import pg from "pg";

const known = { organization, username };
const plugins = process.env.PLUGINS.split(" ").filter(Boolean);
const options = {
  baseURL: "http://127.0.0.1",
  secret: "only for a test, and long enough for it",
  database: new pg.Pool(), // where it is, PG* variables say
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { level: "error" },
  advanced: { database: process.env.ID ? { generateId: process.env.ID } : {} },
  plugins: plugins.map((name) => known[name]()),
};
await (await getMigrations(options)).runMigrations();
const { api } = betterAuth(options);
const { people, organizations } = JSON.parse(await text(process.stdin));
const found = {};
for (const body of people) {
  const { headers, response } = await api.signUpEmail({ body, returnHeaders: true });
  found[body.email] = { id: response.user.id, headers: new Headers({ cookie: headers.get("set-cookie") }) };
}
for (const { owner, members, ...body } of organizations) {
  const { id } = await api.createOrganization({ body, headers: found[owner].headers });
  for (const [email, role] of Object.entries(members))
    await api.addMember({ body: { userId: found[email].id, organizationId: id, role } });
}
await options.database.end();
