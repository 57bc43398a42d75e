// Signs up, signs in and makes an organization with openapi-fetch over the types of openapi-typescript.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type User = components["schemas"]["User"];
// Optional in requests, and text where it is a time.
const least: components["schemas"]["NewUser"] = { username: "script", email: "script@example.com", password: "Lovelace1" };
const flags: components["schemas"]["PasswordChange"] = { current_password: "Lovelace1", new_password: "Analytical2" };

declare const process: { argv: string[] };

async function main(url: string): Promise<void> {
  const nobody = createClient<paths>({ baseUrl: url });
  const made = await nobody.POST("/v1/users", { body: least });
  if (made.error) throw new Error(made.error.detail);
  const user: User = made.data;
  const signedIn = await nobody.POST("/v1/sessions", { body: { login: "script", password: flags.current_password } });
  if (signedIn.error) throw new Error(signedIn.error.detail);
  const client = createClient<paths>({ baseUrl: url, headers: { Authorization: `Bearer ${signedIn.data.token}` } });
  const organization = await client.POST("/v1/organizations", { body: { name: "Script makers" } });
  if (organization.error) throw new Error(organization.error.detail);
  if (organization.data.owner_id !== user.id) throw new Error("somebody else owns it");
  const page = await client.GET("/v1/organizations", { params: { query: { all: false, limit: 10 } } });
  const next: string | null | undefined = page.data?.next_cursor;
  if (next !== null) throw new Error("there is no next page");
  const path = { organization: "nobody-has-this" };
  const missing = await client.GET("/v1/organizations/{organization}", { params: { path } });
  const code: components["schemas"]["ProblemCode"] | undefined = missing.error?.code;
  if (code !== "not_found") throw new Error(`it is ${code}`);
}

await main(process.argv[2] as string);
