// The same with the functions of @hey-api/openapi-ts.
import { client } from "./hey/client.gen.js";
import { createOrganization, createSession, createUser, getOrganization } from "./hey/sdk.gen.js";
import type { NewUser } from "./hey/types.gen.js";

const least: NewUser = { username: "heyscript", email: "heyscript@example.com", password: "Lovelace1" };

declare const process: { argv: string[] };

async function main(baseUrl: string): Promise<void> {
  client.setConfig({ baseUrl });
  const made = await createUser({ body: least });
  if (made.error !== undefined) throw new Error(made.error.detail);
  const signedIn = await createSession({ body: { login: "heyscript", password: "Lovelace1" } });
  if (signedIn.error !== undefined) throw new Error(signedIn.error.detail);
  client.setConfig({ baseUrl, auth: signedIn.data.token });
  const organization = await createOrganization({ body: { name: "Hey makers" } });
  if (organization.error !== undefined) throw new Error(organization.error.detail);
  if (organization.data.owner_id !== made.data.id) throw new Error("somebody else owns it");
  const missing = await getOrganization({ path: { organization: "nobody-has-this" } });
  if (missing.error?.code !== "not_found") throw new Error("it is there");
}

await main(process.argv[2] as string);
