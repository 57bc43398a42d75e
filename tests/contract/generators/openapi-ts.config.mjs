// It looks for tsconfig.json beside its own files, and those are elsewhere: so say how modules are imported.
export default {
  input: "openapi.json",
  output: { path: "hey", module: { extension: ".js" } },
};
