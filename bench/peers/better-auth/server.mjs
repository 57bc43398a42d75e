// better-auth with its organization plugin on PostgreSQL, as its documentation teaches; one process for each core.
//   node server.mjs migrate   makes its tables
//   node server.mjs           serves on BENCH_PORT with BENCH_WORKERS processes
import cluster from "node:cluster";
import { createServer } from "node:http";
import { betterAuth } from "better-auth";
import { toNodeHandler } from "better-auth/node";
import { organization } from "better-auth/plugins";
import { getMigrations } from "better-auth/db/migration";
import pg from "pg";

const options = {
  baseURL: `http://127.0.0.1:${process.env.BENCH_PORT}`,
  secret: process.env.BENCH_SECRET,
  database: new pg.Pool({
    host: process.env.BENCH_HOST,
    database: process.env.BENCH_DATABASE,
    user: process.env.BENCH_USER,
    password: process.env.BENCH_PASSWORD,
    max: 10,
  }),
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  plugins: [organization()],
};

if (process.argv[2] === "migrate") {
  await (await getMigrations(options)).runMigrations();
  await options.database.end();
} else if (cluster.isPrimary) {
  for (let count = 0; count < Number(process.env.BENCH_WORKERS); count++) cluster.fork();
  process.on("SIGTERM", () => {
    for (const worker of Object.values(cluster.workers)) worker.kill();
    process.exit(0);
  });
} else {
  const handle = toNodeHandler(betterAuth(options));
  createServer(handle).listen(Number(process.env.BENCH_PORT), "127.0.0.1");
}
